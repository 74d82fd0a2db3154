import { isOnThisMachine } from '../../contract/agent-location.ts';
import type { Client } from '../../contract/client.ts';
import { exitCodeOfSession, exitCodes } from '../../contract/exit-codes.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { isSettledSession } from '../render/status.ts';
import { summaryLines } from '../render/summary.ts';
import { interruptible } from './interrupt.ts';
import { plainLines } from './plain-lines.ts';
import { type Watcher, watchSession } from './watch.ts';
import { workWarnings } from './work-warnings.ts';

const MAX_REPLAYED_EVENTS = 500;

/**
 * Watches a session until it ends or the user detaches, and returns its last state. The exit code shows the outcome;
 * detaching is a success.
 */
export async function attach(
  context: Context,
  client: Client,
  sessionId: string,
  after: number,
): Promise<SessionDetail> {
  const { output, now } = context;
  const interrupt = interruptible();
  const isInteractive = !output.isJson && output.appearance.isInteractive;
  const tree = isInteractive ? (await import('./live-tree.ts')).openLiveTree(output, now) : null;
  const watcher: Watcher =
    tree ?? (output.isJson ? jsonRecords(context) : plainLines(output, now, after > 0));
  let view: SessionDetail;
  try {
    if (tree !== null && after > 0) await replayRecentEvents(client, sessionId, after, tree);
    const options = { client, sessionId, after, signal: interrupt.signal, now };
    view = await watchSession(options, watcher);
  } finally {
    tree?.close();
    interrupt.dispose();
  }
  if (!isSettledSession(view.status)) {
    context.exitCode = exitCodes.success;
    output.remark(
      output.advice(
        `Detached; the session continues. Watch it again with: cerevisor reconnect ${shortId(view.id)}`,
      ),
      ...localAgentsNotice(context, view),
    );
    return view;
  }
  await printSummary(context, client, view);
  context.exitCode = exitCodeOfSession(view.status);
  return view;
}

/** Local agents also continue after detaching, so the notice says how to end them. */
function localAgentsNotice({ output }: Context, { id, agents }: SessionDetail): string[] {
  const localAgents = agents.filter(
    (agent) => isOnThisMachine(agent) && !isSettledStatus(agent.status),
  );
  if (localAgents.length === 0) return [];
  return [
    output.advice(
      `Its agents on this machine continue too. End them with: cerevisor cancel ${shortId(id)}, or all with: cerevisor stop --all`,
    ),
  ];
}

const isSettledStatus = (status: string): boolean =>
  ['completed', 'failed', 'skipped', 'cancelled'].includes(status);

/** Replays recent events, so that the tree shows the current activity from the start. */
async function replayRecentEvents(
  client: Client,
  sessionId: string,
  after: number,
  watcher: Required<Watcher>,
): Promise<void> {
  const query = { before: after + 1, newestFirst: true, limit: MAX_REPLAYED_EVENTS };
  const { items } = await client.sessionEvents(sessionId, query);
  for (const event of items.toReversed()) watcher.onEvent(event);
}

const jsonRecords = ({ output }: Context): Watcher => ({
  onEvent: (event) => output.record(event),
});

export async function printSummary(
  { output, now }: Context,
  client: Client,
  view: SessionDetail,
): Promise<void> {
  const { unicode } = output.appearance;
  const artifactsDirectory = view.artifactsDirectory;
  output.print(
    ...summaryLines(view, {
      now: now(),
      unicode,
      width: output.width,
      artifactsDirectory,
      command: output.command,
    }),
  );
  if (!output.isJson) output.remark(...(await workWarnings(client, view)));
}
