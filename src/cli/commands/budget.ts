import { type Command, InvalidArgumentError } from 'commander';
import type { SessionDetail } from '../../contract/session-views.ts';
import { shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connectForAction } from '../daemon/connect.ts';
import { formatBudget } from '../render/format-cost.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';

/** Means no limit on the command line. Null cannot be used, because the option parser drops it. */
const NO_LIMIT = 'none';
type Limit = number | typeof NO_LIMIT;
type Options = { readonly usd?: Limit; readonly tokens?: Limit };

export const addBudget: AddCommand = (program, context) => {
  withLimits(program.command('budget'))
    .description('show or change the budget of a session; raising it lets the session continue')
    .argument('<session>', SESSION_ARGUMENT)
    .addHelpText(
      'after',
      examples(
        'cerevisor budget 3f9a1c2e',
        'cerevisor budget 3f9a --usd 10',
        'cerevisor budget 3f9a --tokens 500000 --usd none',
      ),
    )
    .action((session: string, options: Options) => changeBudget(context, session, options));
};

/** Adds the options that name the limits. */
export const withLimits = (command: Command): Command =>
  command
    .option('--usd <amount>', 'limit in US dollars, or none', limit(parseUsd))
    .option('--tokens <count>', 'limit in tokens, or none', limit(parseTokens));

/** The limits to change; null removes a limit. */
export const limitsOf = ({ usd, tokens }: Options) => ({
  ...(usd === undefined ? {} : { usd: amountOf(usd) }),
  ...(tokens === undefined ? {} : { tokens: amountOf(tokens) }),
});

async function changeBudget(context: Context, session: string, options: Options): Promise<void> {
  const { output } = context;
  const client = await connectForAction(context);
  let view: SessionDetail = await client.session(session);
  if (options.usd !== undefined || options.tokens !== undefined) {
    await client.changeBudget(view.id, { ...limitsOf(options), client: 'cli' });
    view = await client.session(view.id);
  }
  output.print(
    view.budget === null ? 'The session has no budget.' : `${formatBudget(view.budget)}.`,
  );
  if (view.status === 'running')
    output.print(output.advice(`Watch it with: cerevisor reconnect ${shortId(view.id)}`));
  output.document({ sessionId: view.id, budget: view.budget });
}

const amountOf = (limit: Limit): number | null => (limit === NO_LIMIT ? null : limit);

const limit =
  (parse: (text: string) => number) =>
  (text: string): Limit =>
    text === NO_LIMIT ? NO_LIMIT : parse(text);

/** Reads an amount of US dollars, with or without its sign. */
export function parseUsd(text: string): number {
  const amount = Number(text.replace(/^\$/, ''));
  if (Number.isFinite(amount) && amount > 0) return amount;
  throw new InvalidArgumentError(
    'Enter an amount in US dollars greater than 0, such as 5 or 2.50.',
  );
}

/** Reads a count of tokens: `200000`, `200k` or `2M`. */
export function parseTokens(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text);
  const factor = { '': 1, k: 1_000, M: 1_000_000 }[match?.[2] ?? ''] ?? 1;
  const count = Math.round(Number(match?.[1]) * factor);
  if (count > 0) return count;
  throw new InvalidArgumentError(
    'Enter a number of tokens greater than 0, such as 200000 or 200k.',
  );
}
