import { isOnThisMachine } from '../../contract/agent-location.ts';
import type { Client } from '../../contract/client.ts';
import { exitCodeOfSession, exitCodes } from '../../contract/exit-codes.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { summaryLines } from '../render/summary.ts';
import { isSettledSession } from '../render/words.ts';
import { interruptible } from './interrupt.ts';
import { plainLines } from './plain-lines.ts';
import { type Watcher, watchSession } from './watch.ts';
import { workWarnings } from './work-warnings.ts';

const RECALLED_EVENTS = 500;

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
  const isDrawn = !output.isJson && output.appearance.isInteractive;
  const tree = isDrawn ? (await import('./live-tree.ts')).openLiveTree(output, now) : null;
  const watcher: Watcher =
    tree ?? (output.isJson ? records(context) : plainLines(output, now, after > 0));
  let view: SessionDetail;
  try {
    if (tree !== null && after > 0) await recall(client, sessionId, after, tree);
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
      ...localWords(context, view),
    );
    return view;
  }
  await saySummary(context, client, view);
  context.exitCode = exitCodeOfSession(view.status);
  return view;
}

/** Agents on this machine continue too, without Cerevisor if need be: whoever leaves should know how to end them. */
function localWords({ output }: Context, { id, agents }: SessionDetail): string[] {
  const here = agents.filter((agent) => isOnThisMachine(agent) && !isOver(agent.status));
  if (here.length === 0) return [];
  return [
    output.advice(
      `Its agents on this machine continue too. End them with: cerevisor cancel ${shortId(id)}, or all with: cerevisor stop --all`,
    ),
  ];
}

const isOver = (status: string): boolean =>
  ['completed', 'failed', 'skipped', 'cancelled'].includes(status);

/** What the agents are in the middle of, so that the tree does not begin blank. */
async function recall(
  client: Client,
  sessionId: string,
  after: number,
  watcher: Required<Watcher>,
): Promise<void> {
  const query = { before: after + 1, newestFirst: true, limit: RECALLED_EVENTS };
  const { items } = await client.sessionEvents(sessionId, query);
  for (const event of items.toReversed()) watcher.onEvent(event);
}

const records = ({ output }: Context): Watcher => ({ onEvent: (event) => output.record(event) });

export async function saySummary(
  { output, now }: Context,
  client: Client,
  view: SessionDetail,
): Promise<void> {
  const { unicode } = output.appearance;
  const artifactsDirectory = view.artifactsDirectory;
  output.say(
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
