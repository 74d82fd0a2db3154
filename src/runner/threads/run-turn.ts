import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from '../../lib/process.ts';
import type { RawItem } from '../../transcript/item.ts';
import { withFullDisk } from '../harness/failures.ts';
import { type HostTurn, THREAD_VARIABLE, type TurnEnd } from '../harness/harness.ts';
import { Host, type HostOutcome } from '../hosts/host.ts';
import { itemRecord, type LogRecord } from '../log/record.ts';
import type { ProcessRow } from '../processes/process-row.ts';
import { importHistory } from '../recover/import-history.ts';
import type { Workspace, WorkspaceAnswer } from '../workspace-port.ts';
import type { Secrets, ThreadContext, ThreadRequest, TurnRequest } from './context.ts';
import type { StopReason, StopSignal } from './stop-signal.ts';
import type { ThreadAccess } from './thread-access.ts';
import type { ThreadHost } from './thread-host.ts';
import { notice } from './unfinished-calls.ts';

export type TurnRun = {
  readonly context: ThreadContext;
  readonly thread: ThreadAccess;
  readonly host: ThreadHost;
  readonly turn: TurnRequest;
  readonly secrets: Secrets;
  /** The current connection to the provider, if it differs from that at the launch. */
  readonly connection?: ThreadRequest['connection'] | undefined;
  readonly stop: StopSignal;
};

/** A cancelled harness gets this long to report how far it came; then its processes are ended. */
const CANCEL_GRACE_MS = 1_000;
const DRAIN_MS = 1_000;

/** Runs an accepted turn up to the end that the harness reports. Every step is on disk before the next one starts. */
export async function runTurn(run: TurnRun): Promise<TurnEnd> {
  const startedAt = performance.now();
  const end = await prepareAndRun(run);
  // Measured here: the harness does not know how long the preparation took, and one that crashed reports nothing.
  return { ...end, durationMs: Math.round(performance.now() - startedAt) };
}

async function prepareAndRun(run: TurnRun): Promise<TurnEnd> {
  const preparation = prepare(run);
  const workspace = await Promise.race([
    // A stop also aborts the preparation, which then rejects.
    preparation.catch((error: unknown) => {
      if (run.stop.reason === null) throw error;
      return null;
    }),
    run.stop.requested.then(() => null),
  ]);
  const { reason } = run.stop;
  if (reason !== null) return stopPreparation(run, reason, preparation);
  if (workspace === null) throw new Error('A turn was stopped without a reason');
  if (!workspace.ok) {
    // Background processes of setup commands would otherwise continue in a folder that nobody uses.
    await reportSurvivors(run, await run.host.end('its folder could not be prepared'));
    return { status: 'ERROR', failure: workspace.error };
  }
  return runInHost(run, workspace.value);
}

async function prepare(run: TurnRun): Promise<WorkspaceAnswer<Workspace>> {
  const { context, thread, turn } = run;
  const { start, workspace: previous } = thread.state;
  if (start === null) throw new Error('A turn without a thread');
  const { workspace: request } = start.thread;
  const calls = {
    signal: run.stop.signal,
    onItem: (item: RawItem) => void thread.record(itemRecord(turn.turnId, item)),
    // Records setup commands like hosts, so that their processes can be found and ended.
    onCommand: (pid: number, cwd: string) => run.host.recordCommand(identityOf(pid), cwd),
    variables: { ...run.secrets.variables, [THREAD_VARIABLE]: thread.threadId },
  };
  const answer =
    previous === null
      ? await context.workspaces.prepareWorkspace(request, calls)
      : await context.workspaces.recreateWorkspace(request, previous, calls);
  if (!answer.ok) return answer;
  const workspace = answer.value;
  const items = noticeItems(newNotices(workspace, previous));
  await thread.record(
    { type: 'workspace', at: context.now(), turnId: turn.turnId, workspace: plain(workspace) },
    ...items.map((item) => itemRecord(turn.turnId, item)),
  );
  return answer;
}

/** Ends the setup commands and their background processes. Resolves once none is left. */
async function stopPreparation(
  run: TurnRun,
  reason: StopReason,
  preparation: Promise<unknown>,
): Promise<TurnEnd> {
  // The aborted preparation rejects; the reason is known.
  const [end] = await Promise.all([stopped(run, reason), preparation.catch(() => undefined)]);
  // A command that was being started during the stop.
  if (run.thread.state.oldestProcess !== null) await stopped(run, reason);
  return end;
}

async function runInHost(run: TurnRun, workspace: Workspace): Promise<TurnEnd> {
  const { context, thread, turn, stop } = run;
  const { start, turns } = thread.state;
  if (start === null) throw new Error('A turn without a thread');
  const hostRequest = {
    thread: run.connection ? { ...start.thread, connection: run.connection } : start.thread,
    secrets: run.secrets,
    cwd: workspace.cwd,
    isNew: !turns.some(({ turnId, wasSent }) => wasSent && turnId !== turn.turnId),
    model: turn.model,
    modelParameters: turn.modelParameters,
  };
  const host = await Promise.race([run.host.acquire(hostRequest, stop.signal), stop.requested]);
  if (stop.reason !== null || host === null || !(host instanceof Host))
    return stopped(run, stop.reason ?? { kind: 'cancelled' });
  await thread.record({ type: 'sent', at: context.now(), turnId: turn.turnId });
  let hasEnded = false;
  // Records after the end of a turn would never reach its readers.
  const record = async (...records: readonly LogRecord[]) => {
    if (!hasEnded) await thread.record(...records);
  };
  const { turnId } = turn;
  const running = host.runTurn(promptFor(turn, workspace), {
    onItems: (items) => record(...items.map((item) => itemRecord(turnId, item))),
    onRequest: (request) => record({ type: 'request', at: context.now(), turnId, request }),
    onWithdrawn: (requestId, reason) =>
      record({ type: 'request-withdrawn', at: context.now(), turnId, requestId, reason }),
  });
  const first = await Promise.race([running, stop.requested]);
  if (!isReason(first)) return endAfterHost(run, first);
  host.cancel(turn.turnId);
  await Promise.race([running, sleep(CANCEL_GRACE_MS)]);
  const end = await stopped(run, first);
  // Its process has been ended; its last messages may still be in the channel.
  await Promise.race([host.closed, sleep(DRAIN_MS)]);
  hasEnded = true;
  return end;
}

/** Ends all processes of the turn; it counts as stopped once none is left. */
async function stopped(run: TurnRun, reason: StopReason): Promise<TurnEnd> {
  await reportSurvivors(run, await run.host.end('its turn was stopped'));
  return endOfStop(reason);
}

async function reportSurvivors(run: TurnRun, survivors: readonly ProcessRow[]): Promise<void> {
  if (survivors.length === 0) return;
  const named = survivors.map(({ pid, name }) => `${pid} (${name})`).join(', ');
  const item = notice('error', `These processes could not be stopped: ${named}.`);
  await run.thread.record(itemRecord(run.turn.turnId, item));
}

async function endAfterHost(run: TurnRun, outcome: HostOutcome): Promise<TurnEnd> {
  if (outcome.kind === 'ended') return withFullDisk(outcome.end);
  // Its descendants are orphaned now.
  await run.host.end(outcome.failure.message);
  await importHistory(run.context, run.thread);
  const status = outcome.kind === 'died' ? 'INTERRUPTED' : 'ERROR';
  return withFullDisk({ status, failure: outcome.failure });
}

const isReason = (value: HostOutcome | StopReason): value is StopReason =>
  value.kind === 'cancelled' || value.kind === 'interrupted';

const endOfStop = (reason: StopReason): TurnEnd =>
  reason.kind === 'cancelled'
    ? { status: 'CANCELLED' }
    : { status: 'INTERRUPTED', failure: reason.failure };

/** Adds conflicts of the working folder to the prompt, which the agent cannot know otherwise. */
function promptFor(turn: TurnRequest, { conflicts }: Workspace): HostTurn {
  const { turnId, images, model, modelParameters, mode, outputSchema } = turn;
  const conflictNote =
    conflicts.length === 0
      ? ''
      : `\n\nMerging the branches of the agents before you left conflicts in these files; resolve them first:\n${conflicts.map((path) => `- ${path}`).join('\n')}`;
  const prompt = `${turn.prompt}${conflictNote}`;
  return { turnId, prompt, images, model, modelParameters, mode, outputSchema };
}

/** The notices and conflicts of the working folder that were not reported by an earlier turn. */
export function newNotices(workspace: Workspace, previous: Workspace | null): Workspace {
  if (previous === null) return workspace;
  const isNew = (reported: readonly string[]) => (text: string) => !reported.includes(text);
  return {
    ...workspace,
    notices: workspace.notices.filter(isNew(previous.notices)),
    conflicts: workspace.conflicts.filter(isNew(previous.conflicts)),
  };
}

function noticeItems({ notices, conflicts }: Workspace): readonly RawItem[] {
  const items = notices.map((text) => notice('info', text));
  if (conflicts.length === 0) return items;
  return [
    ...items,
    notice('warning', `The agent is told to resolve the conflicts in ${conflicts.join(', ')}.`),
  ];
}

const plain = (workspace: Workspace) => ({
  ...workspace,
  notices: [...workspace.notices],
  conflicts: [...workspace.conflicts],
});
