import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf } from '../../lib/process.ts';
import type { RawItem } from '../../transcript/item.ts';
import { type HostTurn, THREAD_VARIABLE, type TurnEnd } from '../harness/harness.ts';
import { Host, type HostOutcome } from '../hosts/host.ts';
import { itemRecord, type LogRecord } from '../log/record.ts';
import type { ProcessRow } from '../processes/process-row.ts';
import { readBack } from '../recover/read-back.ts';
import type { Workspace, WorkspaceAnswer } from '../workspace-port.ts';
import type { Secrets, ThreadContext, ThreadRequest, TurnRequest } from './context.ts';
import type { StopReason, StopSignal } from './stop-signal.ts';
import type { ThreadHost } from './thread-host.ts';
import type { ThreadShell } from './thread-shell.ts';
import { notice } from './unfinished-calls.ts';

export type TurnRun = {
  readonly context: ThreadContext;
  readonly shell: ThreadShell;
  readonly host: ThreadHost;
  readonly turn: TurnRequest;
  readonly secrets: Secrets;
  /** How the provider is reached now, where that is another way than at the launch. */
  readonly connection?: ThreadRequest['connection'] | undefined;
  readonly stop: StopSignal;
};

/** A harness that is told to cancel may say how far it came; then its processes are ended. */
const CANCEL_GRACE_MS = 1_000;
const LAST_WORDS_MS = 1_000;

/** From the accepted turn to what the harness made of it. Everything is on disk before the next step. */
export async function runTurn(run: TurnRun): Promise<TurnEnd> {
  const beganAt = performance.now();
  const end = await workToItsEnd(run);
  // The harness does not know how long its folder was prepared, and one that died says nothing.
  return { ...end, durationMs: Math.round(performance.now() - beganAt) };
}

async function workToItsEnd(run: TurnRun): Promise<TurnEnd> {
  const preparing = prepare(run);
  const workspace = await Promise.race([
    // Whoever calls it off makes it reject, too.
    preparing.catch((error: unknown) => {
      if (run.stop.reason === null) throw error;
      return null;
    }),
    run.stop.asked.then(() => null),
  ]);
  const { reason } = run.stop;
  if (reason !== null) return calledOff(run, reason, preparing);
  if (workspace === null) throw new Error('A turn was stopped without a reason');
  if (!workspace.ok) {
    // What a setup command left in the background would work on in a folder that nobody uses.
    await tellSurvivors(run, await run.host.end('its folder could not be prepared'));
    return { status: 'ERROR', failure: workspace.error };
  }
  return inHost(run, workspace.value);
}

async function prepare(run: TurnRun): Promise<WorkspaceAnswer<Workspace>> {
  const { context, shell, turn } = run;
  const { start, workspace: known } = shell.state;
  if (start === null) throw new Error('A turn without a thread');
  const { workspace: request } = start.thread;
  const calls = {
    signal: run.stop.signal,
    onItem: (item: RawItem) => void shell.record(itemRecord(turn.turnId, item)),
    // A setup command that hangs, or hides, is found, and ended, like everything else of the thread.
    onCommand: (pid: number, cwd: string) => run.host.noteCommand(identityOf(pid), cwd),
    variables: { ...run.secrets.variables, [THREAD_VARIABLE]: shell.threadId },
  };
  const answer =
    known === null
      ? await context.workspaces.prepareWorkspace(request, calls)
      : await context.workspaces.recreateWorkspace(request, known, calls);
  if (!answer.ok) return answer;
  const workspace = answer.value;
  const told = noticesOf(notToldYet(workspace, known));
  await shell.record(
    { type: 'workspace', at: context.now(), turnId: turn.turnId, workspace: plain(workspace) },
    ...told.map((item) => itemRecord(turn.turnId, item)),
  );
  return answer;
}

/** Ends the commands that prepare the folder, and what they left in the background. It is over once none continues. */
async function calledOff(
  run: TurnRun,
  reason: StopReason,
  preparing: Promise<unknown>,
): Promise<TurnEnd> {
  // What was given up rejects; why is known.
  const [end] = await Promise.all([stopped(run, reason), preparing.catch(() => undefined)]);
  // A command that was just being started.
  if (run.shell.state.first !== null) await stopped(run, reason);
  return end;
}

async function inHost(run: TurnRun, workspace: Workspace): Promise<TurnEnd> {
  const { context, shell, turn, stop } = run;
  const { start, turns } = shell.state;
  if (start === null) throw new Error('A turn without a thread');
  const asked = {
    request: run.connection ? { ...start.thread, connection: run.connection } : start.thread,
    secrets: run.secrets,
    cwd: workspace.cwd,
    isNew: !turns.some(({ turnId, wasSent }) => wasSent && turnId !== turn.turnId),
    model: turn.model,
    modelParameters: turn.modelParameters,
  };
  const host = await Promise.race([run.host.acquire(asked, stop.signal), stop.asked]);
  if (stop.reason !== null || host === null || !(host instanceof Host))
    return stopped(run, stop.reason ?? { kind: 'cancelled' });
  await shell.record({ type: 'sent', at: context.now(), turnId: turn.turnId });
  let isOver = false;
  // Readers that have heard of the end would never see what comes later.
  const record = async (...records: readonly LogRecord[]) => {
    if (!isOver) await shell.record(...records);
  };
  const { turnId } = turn;
  const running = host.runTurn(promptFor(turn, workspace), {
    store: (items) => record(...items.map((item) => itemRecord(turnId, item))),
    asked: (request) => record({ type: 'request', at: context.now(), turnId, request }),
    withdrawn: (requestId, reason) =>
      record({ type: 'request-withdrawn', at: context.now(), turnId, requestId, reason }),
  });
  const first = await Promise.race([running, stop.asked]);
  if (!isReason(first)) return afterHost(run, first);
  host.cancel(turn.turnId);
  await Promise.race([running, sleep(CANCEL_GRACE_MS)]);
  const end = await stopped(run, first);
  // Its process is gone; its last words may still be on their way.
  await Promise.race([host.gone, sleep(LAST_WORDS_MS)]);
  isOver = true;
  return end;
}

/** Confirmed: it counts as stopped once none of its processes is left. */
async function stopped(run: TurnRun, reason: StopReason): Promise<TurnEnd> {
  await tellSurvivors(run, await run.host.end('its turn was stopped'));
  return endOf(reason);
}

async function tellSurvivors(run: TurnRun, survivors: readonly ProcessRow[]): Promise<void> {
  if (survivors.length === 0) return;
  const named = survivors.map(({ pid, name }) => `${pid} (${name})`).join(', ');
  const item = notice('error', `These processes could not be stopped: ${named}.`);
  await run.shell.record(itemRecord(run.turn.turnId, item));
}

async function afterHost(run: TurnRun, outcome: HostOutcome): Promise<TurnEnd> {
  if (outcome.kind === 'ended') return outcome.end;
  // Whatever it had started is without it now.
  await run.host.end(outcome.failure.message);
  await readBack(run.context, run.shell);
  const status = outcome.kind === 'died' ? 'INTERRUPTED' : 'ERROR';
  return { status, failure: outcome.failure };
}

const isReason = (value: HostOutcome | StopReason): value is StopReason =>
  value.kind === 'cancelled' || value.kind === 'interrupted';

const endOf = (reason: StopReason): TurnEnd =>
  reason.kind === 'cancelled'
    ? { status: 'CANCELLED' }
    : { status: 'INTERRUPTED', failure: reason.failure };

/** The agent has to know what its folder looks like; no one else can tell it. */
function promptFor(turn: TurnRequest, { conflicts }: Workspace): HostTurn {
  const { turnId, images, model, modelParameters, mode, outputSchema } = turn;
  const remark =
    conflicts.length === 0
      ? ''
      : `\n\nMerging the branches of the agents before you left conflicts in these files; resolve them first:\n${conflicts.map((path) => `- ${path}`).join('\n')}`;
  const prompt = `${turn.prompt}${remark}`;
  return { turnId, prompt, images, model, modelParameters, mode, outputSchema };
}

/** What a further turn finds: that its branch is another one now is news, what the first turn said is not. */
export function notToldYet(workspace: Workspace, known: Workspace | null): Workspace {
  if (known === null) return workspace;
  const isNew = (told: readonly string[]) => (text: string) => !told.includes(text);
  return {
    ...workspace,
    notices: workspace.notices.filter(isNew(known.notices)),
    conflicts: workspace.conflicts.filter(isNew(known.conflicts)),
  };
}

function noticesOf({ notices, conflicts }: Workspace): readonly RawItem[] {
  const told = notices.map((text) => notice('info', text));
  if (conflicts.length === 0) return told;
  return [
    ...told,
    notice('warning', `The agent is told to resolve the conflicts in ${conflicts.join(', ')}.`),
  ];
}

const plain = (workspace: Workspace) => ({
  ...workspace,
  notices: [...workspace.notices],
  conflicts: [...workspace.conflicts],
});
