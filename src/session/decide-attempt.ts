import { contradictedEnd } from './contradiction.ts';
import type { Effect } from './effects.ts';
import type { Failure } from './events.ts';
import { hasDelivered, isGivenUp, latestAttempt, latestTurn, purposeOf } from './select.ts';
import type { AgentState, Attempt, SessionState, Turn, TurnEnding } from './state.ts';

export type AgentEffects = readonly Effect[];

/** Names an attempt in events and effects. */
const attemptOf = (agent: AgentState, attempt: Attempt) =>
  ({ agentId: agent.id, attempt: attempt.number, round: attempt.round }) as const;

/** Names the thread of an attempt in effects. */
export const threadOf = (agent: AgentState, attempt: Attempt) =>
  ({ ...attemptOf(agent, attempt), runtime: attempt.runtime, threadId: attempt.threadId }) as const;

/** A turn is followed until its stream was read and its end is known: one of them alone may be lost on the way. */
export function isToBeFollowed(turn: Turn): boolean {
  return turn.stream === 'open' || turn.ended === null;
}

/** What every attempt asks for, whether its agent is settled or not: to be read, accounted for and collected. */
export function decideAttempt(agent: AgentState, attempt: Attempt): AgentEffects {
  if (attempt.launchedAt === null) return [];
  const subject = threadOf(agent, attempt);
  const effects: Effect[] = [];
  for (const turn of attempt.turns) {
    if (!isToBeFollowed(turn)) continue;
    effects.push({
      kind: 'follow',
      ...subject,
      turnId: turn.id,
      hasEnded: turn.ended !== null,
    });
  }
  if (attempt.baseCommits === null) {
    effects.push({ kind: 'record-base', ...attemptOf(agent, attempt) });
  }
  for (const turn of attempt.turns) {
    if (turn.ended?.check === 'open') {
      effects.push({ kind: 'check-end', ...subject, turnId: turn.id });
    }
    if (turn.ended !== null && turn.usage === null && !isGivenUp(turn)) {
      effects.push({ kind: 'report-usage', ...subject, turnId: turn.id });
    }
  }
  const turn = latestTurn(attempt);
  if (turn?.ended == null) return effects;
  const isCompleted =
    attempt === latestAttempt(agent) &&
    agent.phase.kind === 'settled' &&
    agent.phase.outcome === 'completed';
  if (isCompleted && attempt.artifacts.state === 'pending') {
    const purpose = turn.ended.whileAway ? 'offer' : 'fetch';
    effects.push({ kind: 'collect-artifacts', ...subject, purpose });
  }
  return effects;
}

/** What follows from the newest turn of an agent that counts as running: cancel it, or draw its conclusion. */
export function decideLatestTurn(state: SessionState, agent: AgentState): AgentEffects {
  const attempt = latestAttempt(agent);
  const turn = latestTurn(attempt);
  if (attempt === undefined || turn === undefined) return [];
  if (turn.ended !== null) {
    if (turn.ended.outcome === 'interrupted') return interrupted(state, agent, attempt, turn);
    return purposeOf(attempt, turn) === 'message' && hasDelivered(state, agent)
      ? [concludeMessage(agent, attempt, turn.ended)]
      : [conclude(state, agent, attempt, { ...turn, ended: turn.ended })];
  }
  // A cancellation that could not be confirmed is a person's turn; asking again starts afresh.
  if (agent.cancel === null || agent.cancel.unconfirmed !== null) return [];
  return [{ kind: 'cancel-run', ...threadOf(agent, attempt), turnId: turn.id }];
}

/** How often one attempt is taken up again after interruptions. */
const MOST_RESUMPTIONS = 3;

/**
 * The work stopped in the middle, and the thread is still there: it is taken up by a further turn, a few times. A
 * session that is held waits with that, as it does with launches.
 */
function interrupted(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  turn: Turn,
): AgentEffects {
  if (turn.ended === null) return [];
  const ending = turn.ended;
  if (agent.cancel !== null) {
    return [
      conclude(state, agent, attempt, { ...turn, ended: { ...ending, outcome: 'cancelled' } }),
    ];
  }
  const resumptions = attempt.turns.filter(({ purpose }) => purpose === 'resume').length;
  if (resumptions < MOST_RESUMPTIONS) {
    if (state.phase.kind !== 'active') return [];
    return [{ kind: 'intend-resume', ...threadOf(agent, attempt), turnId: turn.id }];
  }
  const failed = { ...ending, failure: interruption(ending.failure) };
  return purposeOf(attempt, turn) === 'message' && hasDelivered(state, agent)
    ? [concludeMessage(agent, attempt, failed)]
    : [conclude(state, agent, attempt, { ...turn, ended: failed })];
}

/** What a person reads about an interrupted turn that is not taken up again. */
export function interruption(reason: Failure | null): Failure {
  const why = reason === null ? '' : ` ${reason.message}`;
  return {
    code: 'interrupted',
    message: `The work was interrupted and could not be resumed.${why}`,
    suggestion: 'Retry the agent; its branch keeps what was committed.',
  };
}

function conclude(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  turn: Turn & { readonly ended: TurnEnding },
): Effect {
  const ending = turn.ended;
  const settled = { type: 'AgentSettled', ...attemptOf(agent, attempt) } as const;
  switch (ending.outcome) {
    case 'finished':
      return ending.check === 'contradicted'
        ? { kind: 'record', event: { ...settled, outcome: 'failed', cause: contradictedEnd } }
        : { kind: 'hand-off', ...attemptOf(agent, attempt) };
    case 'cancelled':
      return {
        kind: 'record',
        event: {
          ...settled,
          outcome: 'cancelled',
          ...(agent.cancel === null ? { cause: cancelledElsewhere } : {}),
        },
      };
    case 'error':
    case 'expired':
    case 'gone':
    case 'silent':
    case 'interrupted': {
      const failure = ending.failure ?? unexplained;
      const mayRetry =
        agent.cancel === null &&
        ending.outcome !== 'silent' &&
        ending.outcome !== 'interrupted' &&
        // A message asks this very thread; a new attempt would not know of it.
        purposeOf(attempt, turn) !== 'message' &&
        attempt.number < state.maxAttempts &&
        state.phase.kind !== 'ended';
      return mayRetry
        ? {
            kind: 'schedule-retry',
            ...attemptOf(agent, attempt),
            attempt: attempt.number + 1,
            failure,
          }
        : { kind: 'record', event: { ...settled, outcome: 'failed', cause: failure } };
    }
    default:
      return ending.outcome satisfies never;
  }
}

/** A person's message came after the work was finished: however it ends, the work stays finished. */
function concludeMessage(agent: AgentState, attempt: Attempt, ending: TurnEnding): Effect {
  const cause = ending.outcome === 'finished' ? null : (ending.failure ?? unexplained);
  return {
    kind: 'record',
    event: {
      type: 'AgentSettled',
      ...attemptOf(agent, attempt),
      outcome: 'completed',
      ...(cause === null ? {} : { cause }),
    },
  };
}

const cancelledElsewhere: Failure = {
  code: 'cancelled_on_cursor',
  message: 'The run was cancelled on Cursor, not by Cerevisor.',
};

const unexplained: Failure = {
  code: 'run_failed',
  message: 'The run failed. Cursor gave no reason.',
  suggestion: "Open the agent's page on Cursor to see its conversation.",
};
