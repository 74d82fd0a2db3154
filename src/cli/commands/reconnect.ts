import { capitalizedCloudName } from '../../contract/cloud-name.ts';
import { ApiError } from '../../contract/errors.ts';
import { exitCodeOfSession } from '../../contract/exit-codes.ts';
import { shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connectForAction } from '../daemon/connect.ts';
import { attach, printSummary } from '../follow/attach.ts';
import { readPages } from '../follow/read-pages.ts';
import { isSettledSession } from '../render/status.ts';
import { type AddCommand, examples, SESSION_ARGUMENT } from './command.ts';

export const addReconnect: AddCommand = (program, context) => {
  program
    .command('reconnect')
    .description('ask Cursor for the state of a session, continue it, and watch it')
    .argument('<session>', SESSION_ARGUMENT)
    .option('-d, --detach', 'ask and continue, but do not watch')
    .addHelpText(
      'after',
      examples('cerevisor reconnect 3f9a1c2e', 'cerevisor reconnect 3f9a --detach --json'),
    )
    .addHelpText(
      'after',
      [
        '',
        'With --json: one event per line (all events if the session has ended), then',
        '{sessionId, changed, status}.',
        'Exit codes when watched to the end: 0 finished, 1 failed, 4 cancelled; 0 after Ctrl-C.\n',
      ].join('\n'),
    )
    .action((session: string, options: { detach?: boolean }) =>
      reconnect(context, session, options),
    );
};

/** The session has ended and Cursor reports nothing new, so its final state is shown. */
const hasAlreadyEnded = (error: unknown): boolean =>
  error instanceof ApiError && ['already_settled', 'not_resumable'].includes(error.code);

async function reconnect(
  context: Context,
  session: string,
  options: { readonly detach?: boolean },
): Promise<void> {
  const { output } = context;
  const client = await connectForAction(context);
  const before = await client.session(session);
  const { changed } = await client.reconnect(before.id).catch((error: unknown) => {
    if (hasAlreadyEnded(error)) return { changed: false };
    throw error;
  });
  const view = await client.session(before.id);
  if (options.detach === true) {
    const cloud = capitalizedCloudName(view.backend);
    output.print(
      changed ? `${cloud} reported changes; continuing.` : `${cloud} reported no changes.`,
    );
    output.document({ sessionId: view.id, changed, status: view.status });
    return;
  }
  if (!isSettledSession(view.status)) {
    const { status } = await attach(context, client, view.id, before.lastSeq);
    output.record({ sessionId: view.id, changed, status });
    return;
  }
  // It ended earlier: with --json print all events, otherwise the summary with the next steps.
  if (output.isJson) {
    await readPages(client, view.id, { after: 0 }, (event) => output.record(event));
    output.record({ sessionId: view.id, changed, status: view.status });
  } else {
    output.remark(`${shortId(view.id)} had already ended.`);
    await printSummary(context, client, view);
  }
  context.exitCode = exitCodeOfSession(view.status);
}
