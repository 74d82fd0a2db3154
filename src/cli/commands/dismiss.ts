import { plural, shortId } from '../../lib/format.ts';
import { badUsage } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';
import { collectStatus, type SessionsOptions } from './sessions.ts';

type Options = Pick<SessionsOptions, 'status' | 'search'> & { readonly settled?: boolean };

/** More names are replaced by their number. */
const MAX_NAMES = 10;

export const addDismiss: AddCommand = (program, context) => {
  program
    .command('dismiss')
    .description(
      'remove settled sessions from the list; their files are kept, and restore puts them back',
    )
    .argument('[session...]', SESSION_ARGUMENT)
    .option('--settled', 'all settled sessions')
    .option(
      '-s, --status <status>',
      'with --settled: only sessions with these statuses',
      collectStatus,
    )
    .option('-q, --search <words>', 'with --settled: only sessions that contain these words')
    .addHelpText(
      'after',
      examples(
        'cerevisor dismiss 3f9a1c2e 77b0',
        'cerevisor dismiss --settled',
        'cerevisor dismiss --settled --status failed --search nightly',
      ),
    )
    .action((sessions: string[], options: Options) => dismiss(context, sessions, options));
};

async function dismiss(
  context: Context,
  sessions: readonly string[],
  options: Options,
): Promise<void> {
  const { settled: wantsAll = false, status, search } = options;
  if (wantsAll === sessions.length > 0) {
    throw badUsage('Name the sessions to dismiss, or use --settled for all settled sessions.');
  }
  if (!wantsAll && (status !== undefined || search !== undefined)) {
    throw badUsage(
      '--status and --search filter --settled; they cannot be combined with named sessions.',
    );
  }
  const { output } = context;
  const client = await connect(context);
  const { dismissed } = await client.dismissMany(
    wantsAll
      ? {
          settled: true,
          ...(status === undefined ? {} : { status: [...status] }),
          ...(search === undefined ? {} : { search }),
        }
      : { ids: await resolveIds(client, sessions) },
  );
  output.document({ dismissed });
  output.print(
    dismissed.length === 0
      ? 'Nothing to dismiss.'
      : `Dismissed ${plural(dismissed.length, 'session')}: ${namesOf(dismissed)}`,
  );
}

function namesOf(ids: readonly string[]): string {
  const rest = ids.length - MAX_NAMES;
  const names = ids.slice(0, MAX_NAMES).map(shortId).join(', ');
  return rest > 0 ? `${names} and ${rest} more` : names;
}

/** All prefixes are resolved before anything is changed, so that a mistyped one changes nothing. */
const resolveIds = (
  client: { session(id: string): Promise<{ id: string }> },
  sessions: readonly string[],
): Promise<string[]> =>
  Promise.all(sessions.map(async (session) => (await client.session(session)).id));

export const addRestore: AddCommand = (program, context) => {
  program
    .command('restore')
    .description('put dismissed sessions back on the list')
    .argument('<session...>', SESSION_ARGUMENT)
    .addHelpText('after', examples('cerevisor restore 3f9a1c2e', 'cerevisor restore 3f9a 77b0'))
    .action(async (sessions: string[]) => {
      const client = await connect(context);
      const ids = await resolveIds(client, sessions);
      const { restored } = await client.restoreMany({ ids });
      const isOne = ids.length === 1;
      context.output.print(`${namesOf(ids)} ${isOne ? 'is' : 'are'} on the list again.`);
      context.output.document({ ...(isOne ? { sessionId: ids[0] } : {}), restored });
    });
};
