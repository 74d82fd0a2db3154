import type { TurnFact } from '../../runtimes/follow-types.ts';
import { isTerminal, type TurnRecord } from '../../runtimes/turn-records.ts';
import type { EffectOf } from '../../session/effects.ts';
import type {
  Failure,
  LifecycleEvent,
  RunOutcome,
  RuntimeId,
  SessionEventOf,
} from '../../session/events.ts';
import { agentOf, attemptOf, isGivenUp } from '../../session/select.ts';
import type { Attempt, Turn } from '../../session/state.ts';
import { withoutKeys } from '../failure.ts';
import { failureMessages } from '../failure-messages.ts';
import { laterStatements, laterStatementText } from '../later-statements.ts';
import { type Recorder, record, stateOf } from './handler.ts';
import { lastMessage } from './last-message.ts';

type RunSubject = Pick<EffectOf<'follow'>, 'agentId' | 'attempt' | 'turnId'>;
type FactTask = Recorder & { readonly effect: RunSubject };

/** Stores what is new in a fact. Repeated facts, and facts about replaced runs, are ignored. */
export function recordFact(task: FactTask, fact: TurnFact, whileAway = false): void {
  const { record: turn, source } = fact;
  const { agentId, attempt: number, turnId } = task.effect;
  const agent = agentOf(stateOf(task), agentId);
  const attempt = agent === undefined ? undefined : attemptOf(agent, number);
  const known = attempt?.turns.find(({ id }) => id === turnId);
  if (attempt === undefined || known === undefined) return;
  const isCorrection = isGivenUp(known) && attempt === agent?.attempts.at(-1);
  if (known.ended !== null && !isCorrection) {
    const isUnchecked = known.ended.check === 'open' || known.ended.check === 'unanswered';
    if (isUnchecked && source === 'record' && isTerminal(turn.status)) {
      record(task, endChecked(task.effect, turn));
    }
    return;
  }
  if (isTerminal(turn.status)) {
    record(
      task,
      runEnded(task, fact, { attempt, known, whileAway }),
      ...baseOf(task.effect, attempt, turn),
    );
    return;
  }
  const isNew =
    isCorrection ||
    known.status !== turn.status ||
    hasNewBranch(attempt, turn) ||
    (turn.folder !== undefined && turn.folder !== attempt.folder);
  if (!isNew) return;
  record(task, {
    type: 'RunObserved',
    agentId,
    attempt: number,
    turnId,
    status: turn.status,
    branches: [...turn.branches],
    ...(turn.folder === undefined ? {} : { folder: turn.folder }),
    source,
  });
}

function hasNewBranch(attempt: Attempt, turn: TurnFact['record']): boolean {
  return turn.branches.some(
    ({ branch, prUrl }) =>
      !attempt.branches.some((known) => known.branch === branch && known.prUrl === prUrl),
  );
}

const outcomes = {
  FINISHED: 'finished',
  ERROR: 'error',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
  INTERRUPTED: 'interrupted',
  CREATING: 'error',
  RUNNING: 'error',
} as const satisfies Record<TurnFact['record']['status'], RunOutcome>;

function runEnded(
  task: FactTask,
  { record: turn, source, isUnconfirmed = false }: TurnFact,
  about: { readonly attempt: Attempt; readonly known: Turn; readonly whileAway: boolean },
): SessionEventOf<'RunEnded'> {
  const { effect, context, sessionId } = task;
  const { attempt, known, whileAway } = about;
  const failure = failureOfRun(turn, attempt.runtime);
  const isFinished = turn.status === 'FINISHED';
  const result =
    turn.result ?? (isFinished ? lastMessage(context.journal, sessionId, effect) : undefined);
  const state = stateOf(task);
  const tooLate =
    isFinished && result !== undefined
      ? laterStatements(state, effect.agentId, attempt, known, result)
      : [];
  const notes = [
    ...(turn.notes ?? []),
    ...tooLate.map((statement) => laterStatementText(state, statement)),
  ];
  return {
    type: 'RunEnded',
    agentId: effect.agentId,
    attempt: effect.attempt,
    turnId: effect.turnId,
    outcome: outcomes[turn.status],
    ...(result === undefined ? {} : { result }),
    ...(isUnconfirmed ? { isUnconfirmed } : {}),
    ...(notes.length === 0 ? {} : { notes }),
    ...(turn.durationMs === undefined ? {} : { durationMs: turn.durationMs }),
    branches: [...turn.branches],
    ...(turn.folder === undefined ? {} : { folder: turn.folder }),
    ...(failure === null ? {} : { failure }),
    source,
    whileAway,
  };
}

/** The base commits, which a runtime that prepares the folder itself reports with the end of a turn. */
function baseOf(
  { agentId }: RunSubject,
  { number, baseCommits: known }: Attempt,
  { baseCommits }: TurnRecord,
): LifecycleEvent[] {
  if (known !== null || baseCommits === undefined) return [];
  const commits = baseCommits.map((commit) => ({ ...commit }));
  return [{ type: 'CommitsRecorded', agentId, attempt: number, moment: 'base', commits }];
}

/** The event for what the record says about an end that only the stream had reported. */
export function endChecked(
  { agentId, attempt, turnId }: RunSubject,
  turn: Pick<TurnRecord, 'status' | 'branches' | 'result' | 'durationMs' | 'failure'>,
): SessionEventOf<'EndChecked'> {
  return {
    type: 'EndChecked',
    agentId,
    attempt,
    turnId,
    status: turn.status,
    branches: [...turn.branches],
    ...(turn.result === undefined ? {} : { result: turn.result }),
    ...(turn.durationMs === undefined ? {} : { durationMs: turn.durationMs }),
    ...(turn.failure === undefined ? {} : { failure: withoutKeys(turn.failure) }),
  };
}

/** The last message is only a hint in the error; its full text is in the result and in the transcript. */
const MAX_MESSAGE_CHARACTERS = 500;

function failureOfRun(turn: TurnFact['record'], runtime: RuntimeId): Failure | null {
  const messages = failureMessages(runtime);
  if (turn.status === 'EXPIRED') return messages.expired;
  if (turn.status === 'INTERRUPTED') {
    return withoutKeys({
      code: turn.failure?.code ?? 'interrupted',
      message:
        turn.failure?.message ?? 'The process that ran the agent ended while it was working.',
    });
  }
  if (turn.status !== 'ERROR') return null;
  const lastText = turn.result?.trim() ?? '';
  const unexplained =
    lastText === '' ? messages.failed : `The run failed. Its last message: ${lastText}`;
  const failure = withoutKeys({
    code: turn.failure?.code ?? 'run_failed',
    message: turn.failure?.message ?? unexplained,
    suggestion: turn.failure?.suggestion ?? messages.failedSuggestion,
  });
  // Truncated after redaction, which would not recognize part of a key.
  return turn.failure === undefined
    ? { ...failure, message: failure.message.slice(0, MAX_MESSAGE_CHARACTERS) }
    : failure;
}
