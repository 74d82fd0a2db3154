import { type Context, connect } from '../context.ts';
import { badUsage } from '../refusal.ts';
import { shortId } from '../render/words.ts';
import { plural } from '../terminal/text.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';

export const addDismiss: AddCommand = (program, context) => {
  program
    .command('dismiss')
    .description(
      'take settled sessions off the list; their files stay, and restore brings them back',
    )
    .argument('[session...]', SESSION_ARGUMENT)
    .option('--settled', 'all that are settled')
    .addHelpText(
      'after',
      examples('cerevisor dismiss 3f9a1c2e 77b0', 'cerevisor dismiss --settled'),
    )
    .action((sessions: string[], options: { settled?: boolean }) =>
      dismiss(context, sessions, options),
    );
};

async function dismiss(
  context: Context,
  sessions: readonly string[],
  options: { readonly settled?: boolean },
): Promise<void> {
  const wantsAll = options.settled === true;
  if (wantsAll === sessions.length > 0) {
    throw badUsage('Name the sessions to dismiss, or give --settled for all that are settled.');
  }
  const { output } = context;
  const client = await connect(context);
  const { dismissed } = await client.dismissMany(
    wantsAll ? { settled: true } : { ids: await wholeIds(client, sessions) },
  );
  output.document({ dismissed });
  const names = dismissed.map(shortId).join(', ');
  output.say(
    dismissed.length === 0
      ? 'Nothing to dismiss.'
      : `Dismissed ${plural(dismissed.length, 'session')}: ${names}`,
  );
}

/** Every prefix is resolved before anything is dismissed, so that a mistyped one changes nothing. */
const wholeIds = (
  client: { session(id: string): Promise<{ id: string }> },
  sessions: readonly string[],
): Promise<string[]> =>
  Promise.all(sessions.map(async (session) => (await client.session(session)).id));

export const addRestore: AddCommand = (program, context) => {
  program
    .command('restore')
    .description('put a dismissed session back on the list')
    .argument('<session>', SESSION_ARGUMENT)
    .addHelpText('after', examples('cerevisor restore 3f9a1c2e'))
    .action(async (session: string) => {
      const client = await connect(context);
      const { id } = await client.session(session);
      await client.restore(id);
      context.output.say(`${shortId(id)} is on the list again.`);
      context.output.document({ sessionId: id });
    });
};
