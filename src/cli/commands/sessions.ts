import { InvalidArgumentError } from 'commander';
import type { Client } from '../../contract/client.ts';
import type { SessionsQuery } from '../../contract/requests.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { sessionStatuses } from '../../contract/statuses.ts';
import { listOf, plural } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connection.ts';
import { renderSessionTable } from '../render/session-table.ts';
import { line, quiet } from '../terminal/lines.ts';
import { type AddCommand, examples } from './command.ts';
import { parseCount } from './numbers.ts';

export type SessionsOptions = {
  readonly all?: boolean;
  readonly status?: readonly string[];
  readonly search?: string;
  readonly limit?: number;
};

/** `queued` ones are running too: they wait for a free slot, and nothing of them is at work. */
const statuses: readonly string[] = ['queued', ...sessionStatuses];

const PAGE = 200;
/** As many rows as a person scrolls through; programs get all. */
const SHOWN_TO_PEOPLE = 100;

export const addSessions: AddCommand = (program, context) => {
  program
    .command('sessions')
    .description('list sessions, local and cloud; those that need you come first')
    .option('--all', 'include dismissed sessions')
    .option(
      '-s, --status <status>',
      `only sessions with these statuses: ${statuses.join(', ')}`,
      collectStatus,
    )
    .option(
      '-q, --search <words>',
      'only sessions with these words in names, ids, branches or errors',
    )
    .option('-n, --limit <count>', 'maximum number of sessions', parseCount)
    .addHelpText(
      'after',
      examples(
        'cerevisor sessions',
        'cerevisor sessions --status running,waiting',
        'cerevisor sessions --all --search checkout --json',
      ),
    )
    .action((options: SessionsOptions) => sessions(context, options));
};

export function collectStatus(text: string, before: readonly string[] = []): string[] {
  // People read `needs you`, so that they may also type it.
  const words = text.split(',').map((word) => word.trim().replace(/^needs[- ]you$/, 'waiting'));
  const wrong = words.find((word) => !statuses.includes(word));
  if (wrong === undefined) return [...before, ...words];
  throw new InvalidArgumentError(`"${wrong}" is not one of ${listOf(statuses)}.`);
}

async function sessions(context: Context, options: SessionsOptions): Promise<void> {
  const { output, now } = context;
  const client = await connect(context);
  const query: SessionsQuery = {
    order: 'needs-you-first',
    ...(options.all === true ? { all: true } : {}),
    ...(options.status === undefined ? {} : { status: [...options.status] }),
    ...(options.search === undefined ? {} : { search: options.search }),
  };
  const limit = options.limit ?? (output.isJson ? Number.POSITIVE_INFINITY : SHOWN_TO_PEOPLE);
  const { items, total } = await readPages(client, query, limit);
  if (output.isJson) return output.document(items);
  if (items.length === 0) return sayNone(context, options);
  output.rows(renderSessionTable(items, { ...output.appearance, width: output.width, now: now() }));
  if (total > items.length) {
    const rest = plural(total - items.length, 'more session');
    output.say(line(quiet(`${rest}: filter with --status or --search, or raise --limit.`)));
  }
}

async function readPages(
  client: Client,
  query: SessionsQuery,
  limit: number,
): Promise<{ items: SessionView[]; total: number }> {
  // By id: a session that starts between two pages must not show another one twice.
  const found = new Map<string, SessionView>();
  for (let offset = 0; ; offset += PAGE) {
    const page = await client.sessions({ ...query, offset, limit: Math.min(PAGE, limit - offset) });
    for (const session of page.items) found.set(session.id, session);
    if (page.items.length < PAGE || found.size >= limit) {
      return { items: [...found.values()], total: page.total };
    }
  }
}

function sayNone({ output }: Context, options: SessionsOptions): void {
  if (options.status !== undefined || options.search !== undefined) {
    output.say(
      'No session matches.',
      ...(options.all === true ? [] : [line(quiet('Include dismissed sessions with --all.'))]),
    );
    return;
  }
  output.say(
    options.all === true ? 'No sessions yet.' : 'No sessions.',
    line(
      quiet(
        output.advice('Start one:  cerevisor run FILE (without an API key, it is a rehearsal)'),
      ),
    ),
    ...(options.all === true
      ? []
      : [line(quiet(output.advice('Dismissed:  cerevisor sessions --all')))]),
  );
}
