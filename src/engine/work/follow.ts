import type { FollowEnd, FollowObserver, RunFact } from '../../providers/port.ts';
import { isTerminal } from '../../providers/port.ts';
import type { CommandOf } from '../../session/commands.ts';
import type { Failure, RunOutcome, SessionEventOf } from '../../session/events.ts';
import { agentOf, attemptOf, isGivenUp } from '../../session/select.ts';
import type { Attempt } from '../../session/state.ts';
import { fullJitter } from '../backoff.ts';
import { failureOf } from '../failure.ts';
import { done, type Recorder, record, stateOf, type Task, type WorkResult } from './work.ts';

type FollowTask = Task<CommandOf<'follow'>>;

/** Reads a run's stream from the stored cursor to its end. Every word of it is on disk before anybody sees it. */
export async function follow(task: FollowTask): Promise<WorkResult> {
  const { command, context } = task;
  const stored = context.journal.streamCursor(command.cursorRunId);
  const halt = new AbortController();
  const end = await context.provider().follow(
    {
      agentId: command.cursorAgentId,
      runId: command.cursorRunId,
      ...(stored?.cursor == null ? {} : { cursor: stored.cursor }),
      hasEnded: command.hasEnded,
      isUrgent: () => context.isWatched?.(task.sessionId) ?? false,
      signal: AbortSignal.any([task.signal, halt.signal]),
    },
    observerOf(task, halt),
  );
  return concludeFollow(task, end);
}

function observerOf(task: FollowTask, halt: AbortController): FollowObserver {
  const { command, context } = task;
  const { agentId, attempt, cursorRunId } = command;
  const { journal, clock } = context;
  return {
    onFrames({ frames, cursor }) {
      const isTaken = journal.buffer({
        sessionId: task.sessionId,
        agentId,
        attempt,
        cursorRunId,
        frames,
        ...(cursor === undefined ? {} : { cursor }),
      });
      // The disk refuses: stop reading. What was not stored is read again from the cursor later.
      if (!isTaken) halt.abort();
    },
    onFact(fact) {
      journal.noteSign(cursorRunId, clock.now());
      recordFact(task, fact);
    },
    onConnection(connection, reason) {
      const known = attemptNow(task)?.connection;
      if (known?.kind === connection && known.reason === (reason ?? null)) return;
      record(task, {
        type: 'ConnectionChanged',
        agentId,
        attempt,
        connection,
        ...(reason === undefined ? {} : { reason }),
      });
    },
    onSignOfLife: () => journal.noteSign(cursorRunId, clock.now()),
    onGap({ reason, detail, runStatus }) {
      record(task, {
        type: 'StreamGap',
        agentId,
        attempt,
        cursorRunId,
        reason,
        detail,
        ...(runStatus === undefined ? {} : { runStatus }),
      });
    },
  };
}

function attemptNow(task: FollowTask) {
  const agent = agentOf(stateOf(task), task.command.agentId);
  return agent === undefined ? undefined : attemptOf(agent, task.command.attempt);
}

type RunSubject = Pick<CommandOf<'follow'>, 'agentId' | 'attempt' | 'cursorRunId'>;

/** Stores what a fact adds to what is known; repeated facts, and facts about runs that were replaced, are silent. */
export function recordFact(
  task: Recorder & { readonly command: RunSubject },
  { record: run, source }: RunFact,
  whileAway = false,
): void {
  const { agentId, attempt: number, cursorRunId } = task.command;
  const agent = agentOf(stateOf(task), agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, number);
  const known = attempt?.runs.find(({ id }) => id === cursorRunId);
  if (attempt === undefined || known === undefined) return;
  const isCorrection = isGivenUp(known) && attempt === agent?.attempts.at(-1);
  if (known.ended !== null && !isCorrection) return;
  if (isTerminal(run.status)) {
    record(task, runEnded(task.command, { record: run, source }, whileAway));
    return;
  }
  const isNews = isCorrection || known.status !== run.status || hasNewBranch(attempt, run);
  if (!isNews) return;
  record(task, {
    type: 'RunObserved',
    agentId,
    attempt: number,
    cursorRunId,
    status: run.status,
    branches: [...run.branches],
    source,
  });
}

function hasNewBranch(attempt: Attempt, run: RunFact['record']): boolean {
  return run.branches.some(
    ({ branch, prUrl }) =>
      !attempt.branches.some((known) => known.branch === branch && known.prUrl === prUrl),
  );
}

const outcomes = {
  FINISHED: 'finished',
  ERROR: 'error',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
  CREATING: 'error',
  RUNNING: 'error',
} as const satisfies Record<RunFact['record']['status'], RunOutcome>;

function runEnded(
  command: RunSubject,
  { record: run, source }: RunFact,
  whileAway: boolean,
): SessionEventOf<'RunEnded'> {
  const failure = failureOfRun(run);
  return {
    type: 'RunEnded',
    agentId: command.agentId,
    attempt: command.attempt,
    cursorRunId: command.cursorRunId,
    outcome: outcomes[run.status],
    ...(run.result === undefined ? {} : { result: run.result }),
    ...(run.durationMs === undefined ? {} : { durationMs: run.durationMs }),
    branches: [...run.branches],
    ...(failure === null ? {} : { failure }),
    source,
    whileAway,
  };
}

/** Last words are a hint in an error line; the whole text is in the result and in the transcript. */
const MOST_LAST_WORDS = 500;

function failureOfRun(run: RunFact['record']): Failure | null {
  if (run.status === 'EXPIRED') {
    return {
      code: 'run_expired',
      message: 'The run expired on Cursor before it finished.',
      suggestion: 'Retry the agent; its branch keeps what was pushed.',
    };
  }
  if (run.status !== 'ERROR') return null;
  const lastWords = run.result?.trim() ?? '';
  const unexplained =
    lastWords === ''
      ? 'The run failed. Cursor gave no reason.'
      : `The run failed. Its last words: ${lastWords.slice(0, MOST_LAST_WORDS)}`;
  return {
    code: run.failure?.code ?? 'run_failed',
    message: run.failure?.message ?? unexplained,
    suggestion: "Open the agent's page on Cursor to see its conversation, then retry.",
  };
}

function concludeFollow(task: FollowTask, end: FollowEnd): WorkResult {
  const { command, context } = task;
  const { agentId, attempt, cursorRunId } = command;
  switch (end.kind) {
    case 'complete':
    case 'incomplete':
      record(task, {
        type: 'StreamEnded',
        agentId,
        attempt,
        cursorRunId,
        complete: end.kind === 'complete',
      });
      return done;
    case 'aborted':
      return { kind: 'again', at: context.clock.now() + 2_000 };
    case 'blocked':
      return blocked(task, end.error);
    default:
      return end satisfies never;
  }
}

/** Nothing more can be read before somebody does something, or Cursor no longer knows the run at all. */
function blocked(
  task: FollowTask,
  error: Extract<FollowEnd, { kind: 'blocked' }>['error'],
): WorkResult {
  const { agentId, attempt, cursorRunId } = task.command;
  if (error.code === 'not_found') {
    record(
      task,
      {
        type: 'RunEnded',
        agentId,
        attempt,
        cursorRunId,
        outcome: 'gone',
        branches: [],
        failure: {
          code: 'agent_gone',
          message: 'Cursor no longer knows this agent: it was deleted or has expired.',
          suggestion: 'Retry the agent; that starts a new one.',
        },
        source: 'record',
        whileAway: false,
      },
      { type: 'StreamEnded', agentId, attempt, cursorRunId, complete: false },
    );
    return done;
  }
  if (task.command.hasEnded) {
    record(
      task,
      {
        type: 'StreamGap',
        agentId,
        attempt,
        cursorRunId,
        reason: 'unavailable',
        detail: error.message,
      },
      { type: 'StreamEnded', agentId, attempt, cursorRunId, complete: false },
    );
    return done;
  }
  const { clock, random } = task.context;
  record(task, {
    type: 'ConnectionChanged',
    agentId,
    attempt,
    connection: 'unknown',
    reason: error.message,
    failure: failureOf(error),
  });
  const delay = fullJitter(
    { baseMs: 15_000, capMs: 120_000 },
    task.failures + 1,
    random,
    error.retryAfterMs ?? 0,
  );
  return { kind: 'again', at: clock.now() + delay };
}
