import { planRejected } from './causes.ts';
import { contradictedEnd } from './contradiction.ts';
import type { Effect } from './effects.ts';
import { isRoundGood } from './enhance/failures.ts';
import { approvalOf, editsRejected, isPlanner, proposalOf } from './enhance/planner.ts';
import type { Failure } from './events.ts';
import { newestGate } from './flow/flow-state.ts';
import { gateOpening } from './flow/steps.ts';
import { maxAttemptsAt, type Place, placeOf } from './placement.ts';
import { hasDelivered, isGivenUp, latestAttempt, latestTurn, purposeOf } from './select.ts';
import { planOf } from './session-flow.ts';
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
  for (const { turnId, answer, request } of attempt.requests?.open ?? []) {
    if (answer === null) continue;
    const { requestId } = request;
    effects.push({ kind: 'answer-request', ...subject, turnId, requestId });
  }
  if (attempt.baseCommits === null && isBaseKnowable(attempt)) {
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
  const ended = latestTurn(attempt)?.ended ?? null;
  if (ended !== null && isCollectible(agent, attempt)) {
    const purpose = ended.whileAway ? 'offer' : 'fetch';
    effects.push({ kind: 'collect-artifacts', ...subject, purpose });
  }
  return effects;
}

/** Its work is done, and its artifacts are not here. Those of a thread are collected with its last round. */
export function isCollectible(agent: AgentState, attempt: Attempt): boolean {
  if (attempt.artifacts.state !== 'pending') return false;
  if (attempt === latestAttempt(agent)) {
    return agent.phase.kind === 'settled' && agent.phase.outcome === 'completed';
  }
  const later = agent.attempts.filter(({ number }) => number > attempt.number);
  const isLastOfRound = later.every(({ round }) => round > attempt.round);
  const isLastOfThread = later.every(({ threadId }) => threadId !== attempt.threadId);
  return attempt.isDelivered === true && isLastOfRound && isLastOfThread;
}

/** Where an agent on this machine began is known once its folder is ready; its runtime says so with the end of the turn. */
const isBaseKnowable = ({ runtime, turns }: Attempt): boolean =>
  placeOf(runtime) === 'cloud' || turns[0]?.ended != null;

/** What follows from the newest turn of an agent that counts as running: cancel it, or draw its conclusion. */
export function decideLatestTurn(state: SessionState, agent: AgentState): AgentEffects {
  const attempt = latestAttempt(agent);
  const turn = latestTurn(attempt);
  if (attempt === undefined || turn === undefined) return [];
  if (turn.ended !== null) {
    const ended = { ...turn, ended: turn.ended };
    return ended.ended.outcome === 'interrupted'
      ? interrupted(state, agent, attempt, ended)
      : afterTurn(state, agent, attempt, ended);
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
  turn: EndedTurn,
): AgentEffects {
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
  return afterTurn(state, agent, attempt, { ...turn, ended: failed });
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

type EndedTurn = Turn & { readonly ended: TurnEnding };

const isAskedByPerson = (purpose: Turn['purpose']): boolean =>
  purpose === 'message' || purpose === 'changes';

const triesInRound = ({ attempts }: AgentState, { round }: Attempt): number =>
  attempts.filter((attempt) => attempt.round === round).length;

export function handOff(agent: AgentState, attempt: Attempt): Effect {
  return { kind: 'hand-off', ...attemptOf(agent, attempt) };
}

/** What follows from the end of a turn, by what it was for. */
function afterTurn(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  turn: EndedTurn,
): AgentEffects {
  const purpose = purposeOf(attempt, turn);
  const { outcome, check } = turn.ended;
  const isFinished = outcome === 'finished' && check !== 'contradicted';
  // Changes that were made are handed on; a message only gets its reply.
  const isAside = purpose === 'message' || (purpose === 'changes' && !isFinished);
  if (isAside && hasDelivered(agent)) return [concludeMessage(agent, attempt, turn.ended)];
  // The work is done; what the agent could not tell about a condition, a person decides.
  const isAnswerMissing = purpose === 'decision' && outcome !== 'finished';
  if (isAnswerMissing && agent.cancel === null) return [handOff(agent, attempt)];
  // A message to a planner that had failed may bring what it was asked for.
  if (isFinished && isPlanner(agent)) {
    return afterPlanning(state, agent, attempt, turn);
  }
  if (isFinished && purpose !== 'message') {
    const planned = afterPlan(state, agent, attempt);
    if (planned !== null) return planned;
  }
  return [conclude(state, agent, attempt, turn)];
}

/** What an agent that plans first waits for; null when its plan is approved, or it has none to propose. */
function afterPlan(state: SessionState, agent: AgentState, attempt: Attempt): AgentEffects | null {
  const plan = planOf(state, agent);
  if (plan === 'none' || plan === 'approved') return null;
  const settled = { type: 'AgentSettled', ...attemptOf(agent, attempt) } as const;
  if (agent.cancel !== null) {
    return [{ kind: 'record', event: { ...settled, outcome: 'cancelled' } }];
  }
  const gate = newestGate(state.flow, { connectionId: null, agentId: agent.id });
  switch (plan) {
    case 'due': {
      const event = gateOpening(state, { ...attemptOf(agent, attempt), outcome: null }, null);
      return [{ kind: 'record', event }];
    }
    case 'asked':
      return [];
    case 'rejected': {
      const cause = planRejected(gate?.answer?.note ?? null);
      return [{ kind: 'record', event: { ...settled, outcome: 'failed', cause } }];
    }
    case 'to-change':
    case 'to-carry-out': {
      if (state.phase.kind !== 'active' || gate === undefined) return [];
      const purpose = plan === 'to-change' ? 'changes' : 'carry-out';
      const about = { ...attemptOf(agent, attempt), gateId: gate.id };
      return [{ kind: 'intend-follow-up', purpose, ...about }];
    }
    default:
      return plan satisfies never;
  }
}

/** What the planner said is read; then its edits are in force at once, or wait for a person. */
function afterPlanning(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  turn: EndedTurn,
): AgentEffects {
  const about = attemptOf(agent, attempt);
  const settled = { type: 'AgentSettled', ...about } as const;
  if (agent.cancel !== null) {
    return [{ kind: 'record', event: { ...settled, outcome: 'cancelled' } }];
  }
  const proposal = proposalOf(state, { attempt: attempt.number, turnId: turn.id });
  if (proposal === null) return [{ kind: 'read-edits', ...about, turnId: turn.id }];
  const gate = newestGate(state.flow, { connectionId: null, agentId: agent.id });
  // What went wrong may have been mended meanwhile, by a retry.
  const isWanted = proposal.workflow !== null && !isRoundGood(state);
  const approval = isWanted ? approvalOf(state, proposal) : 'not-needed';
  switch (approval) {
    case 'not-needed':
    case 'approved':
      return [{ kind: 'record', event: { ...settled, outcome: 'completed' } }];
    case 'due':
      return [{ kind: 'record', event: gateOpening(state, { ...about, outcome: null }, null) }];
    case 'asked':
      return [];
    case 'rejected': {
      const cause = editsRejected(gate?.answer?.note ?? null);
      return [{ kind: 'record', event: { ...settled, outcome: 'failed', cause } }];
    }
    case 'to-change': {
      if (state.phase.kind !== 'active' || gate === undefined) return [];
      return [{ kind: 'intend-follow-up', purpose: 'changes', ...about, gateId: gate.id }];
    }
    default:
      return approval satisfies never;
  }
}

function conclude(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  turn: EndedTurn,
): Effect {
  const ending = turn.ended;
  const settled = { type: 'AgentSettled', ...attemptOf(agent, attempt) } as const;
  switch (ending.outcome) {
    case 'finished':
      return ending.check === 'contradicted'
        ? { kind: 'record', event: { ...settled, outcome: 'failed', cause: contradictedEnd } }
        : handOff(agent, attempt);
    case 'cancelled':
      return {
        kind: 'record',
        event: {
          ...settled,
          outcome: 'cancelled',
          ...(agent.cancel === null ? { cause: cancelledElsewhere[placeOf(attempt.runtime)] } : {}),
        },
      };
    case 'error':
    case 'expired':
    case 'gone':
    case 'silent':
    case 'interrupted': {
      const failure = ending.failure ?? unexplained[placeOf(attempt.runtime)];
      const mayRetry =
        agent.cancel === null &&
        ending.outcome !== 'silent' &&
        ending.outcome !== 'interrupted' &&
        // A message, or changes, are for this very thread; a new attempt would not know of them.
        !isAskedByPerson(purposeOf(attempt, turn)) &&
        triesInRound(agent, attempt) < maxAttemptsAt(state, placeOf(attempt.runtime)) &&
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
  const cause =
    ending.outcome === 'finished'
      ? null
      : (ending.failure ?? unexplained[placeOf(attempt.runtime)]);
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

const cancelledElsewhere: Readonly<Record<Place, Failure>> = {
  cloud: {
    code: 'cancelled_on_cursor',
    message: 'The run was cancelled on Cursor, not by Cerevisor.',
  },
  'this-machine': {
    code: 'local_agents_stopped',
    message: 'The agent was ended together with all agents on this machine.',
    suggestion: 'Retry the agent; its branch keeps what was committed.',
  },
};

const unexplained: Readonly<Record<Place, Failure>> = {
  cloud: {
    code: 'run_failed',
    message: 'The run failed. Cursor gave no reason.',
    suggestion: "Open the agent's page on Cursor to see its conversation.",
  },
  'this-machine': {
    code: 'run_failed',
    message: 'The agent failed and gave no reason.',
    suggestion: 'Read its transcript, then retry the agent.',
  },
};
