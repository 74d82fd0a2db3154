import { isTerminal, type RunFact, type RunRecord } from '../../runtimes/port.ts';
import type { EffectOf } from '../../session/effects.ts';
import type { Failure, RunOutcome, SessionEventOf } from '../../session/events.ts';
import { agentOf, attemptOf, isGivenUp } from '../../session/select.ts';
import type { Attempt } from '../../session/state.ts';
import { withoutKeys } from '../failure.ts';
import { type Recorder, record, stateOf } from './handler.ts';
import { lastMessage } from './last-message.ts';

type RunSubject = Pick<EffectOf<'follow'>, 'agentId' | 'attempt' | 'cursorRunId'>;
type FactTask = Recorder & { readonly effect: RunSubject };

/** Stores what a fact adds to what is known; repeated facts, and facts about runs that were replaced, are silent. */
export function recordFact(task: FactTask, fact: RunFact, whileAway = false): void {
  const { record: run, source } = fact;
  const { agentId, attempt: number, cursorRunId } = task.effect;
  const agent = agentOf(stateOf(task), agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, number);
  const known = attempt?.runs.find(({ id }) => id === cursorRunId);
  if (attempt === undefined || known === undefined) return;
  const isCorrection = isGivenUp(known) && attempt === agent?.attempts.at(-1);
  if (known.ended !== null && !isCorrection) {
    const isUnchecked = known.ended.check === 'open' || known.ended.check === 'unanswered';
    if (isUnchecked && source === 'record' && isTerminal(run.status)) {
      record(task, endChecked(task.effect, run));
    }
    return;
  }
  if (isTerminal(run.status)) {
    record(task, runEnded(task, fact, whileAway));
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
  { effect, context, sessionId }: FactTask,
  { record: run, source, isUnconfirmed = false }: RunFact,
  whileAway: boolean,
): SessionEventOf<'RunEnded'> {
  const failure = failureOfRun(run);
  const isFinished = run.status === 'FINISHED';
  const result =
    run.result ?? (isFinished ? lastMessage(context.journal, sessionId, effect) : undefined);
  return {
    type: 'RunEnded',
    agentId: effect.agentId,
    attempt: effect.attempt,
    cursorRunId: effect.cursorRunId,
    outcome: outcomes[run.status],
    ...(result === undefined ? {} : { result }),
    ...(isUnconfirmed ? { isUnconfirmed } : {}),
    ...(run.notes === undefined ? {} : { notes: [...run.notes] }),
    ...(run.durationMs === undefined ? {} : { durationMs: run.durationMs }),
    branches: [...run.branches],
    ...(failure === null ? {} : { failure }),
    source,
    whileAway,
  };
}

/** What the record says about a run whose end only its stream had announced. */
export function endChecked(
  { agentId, attempt, cursorRunId }: RunSubject,
  run: Pick<RunRecord, 'status' | 'branches' | 'result' | 'durationMs' | 'failure'>,
): SessionEventOf<'EndChecked'> {
  return {
    type: 'EndChecked',
    agentId,
    attempt,
    cursorRunId,
    status: run.status,
    branches: [...run.branches],
    ...(run.result === undefined ? {} : { result: run.result }),
    ...(run.durationMs === undefined ? {} : { durationMs: run.durationMs }),
    ...(run.failure === undefined ? {} : { failure: withoutKeys(run.failure) }),
  };
}

/** Last words are a hint in an error line; the whole text is in the result and in the transcript. */
const MOST_LAST_WORDS = 500;

function failureOfRun(run: RunFact['record']): Failure | null {
  if (run.status === 'EXPIRED') {
    return {
      code: 'run_expired',
      message: 'The run expired on Cursor before it finished.',
      suggestion: 'Retry the agent; commits that were pushed stay on its branch.',
    };
  }
  if (run.status !== 'ERROR') return null;
  const lastWords = run.result?.trim() ?? '';
  const unexplained =
    lastWords === ''
      ? 'The run failed. Cursor gave no reason.'
      : `The run failed. Its last message: ${lastWords}`;
  const failure = withoutKeys({
    code: run.failure?.code ?? 'run_failed',
    message: run.failure?.message ?? unexplained,
    suggestion: "Open the agent's page on Cursor to see its conversation, then retry.",
  });
  // Cut last: half of a key could not be told from other words.
  return run.failure === undefined
    ? { ...failure, message: failure.message.slice(0, MOST_LAST_WORDS) }
    : failure;
}
