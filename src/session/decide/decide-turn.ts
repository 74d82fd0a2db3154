import { type AgentEffects, type Effect, ofAttempt, ofThread } from '../effects.ts';
import { approvalOf, editsRejected, isPlanner, proposalOf } from '../enhance/planner.ts';
import { isRoundSuccessful } from '../enhance/round-failures.ts';
import type { SessionEventOf } from '../events.ts';
import { newestGate } from '../flow/flow-state.ts';
import { gateOpenedEvent } from '../flow/pending-events.ts';
import { mayResume } from '../resumption.ts';
import { locationOf, maxAttemptsAt } from '../run-location.ts';
import { hasDelivered, latestAttempt, latestTurn, purposeOf } from '../select.ts';
import { type PlanStatus, planStatusOf } from '../session-flow.ts';
import {
  cancelledElsewhere,
  contradictedEnd,
  interruption,
  planRejected,
  unexplainedFailure,
} from '../settlement-causes.ts';
import type {
  AgentState,
  Attempt,
  SessionState,
  SettlementCause,
  Turn,
  TurnEnding,
} from '../state.ts';

/** The effects that follow from the newest turn of a running agent: its cancellation, or its conclusion. */
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
  // After an unconfirmed cancellation, the user decides; another request starts over.
  if (agent.cancel === null || agent.cancel.unconfirmed !== null) return [];
  return [{ kind: 'cancel-run', ...ofThread(agent, attempt), turnId: turn.id }];
}

/** The work was interrupted, but its thread still exists: another turn resumes it, unless the session is held. */
function interrupted(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  turn: EndedTurn,
): AgentEffects {
  const ending = turn.ended;
  if (agent.cancel !== null) {
    // Depends on the purpose: a message that is cancelled leaves completed work as it is.
    return afterTurn(state, agent, attempt, {
      ...turn,
      ended: { ...ending, outcome: 'cancelled' },
    });
  }
  if (mayResume(attempt)) {
    if (state.phase.kind !== 'active') return [];
    return [{ kind: 'intend-resume', ...ofThread(agent, attempt), turnId: turn.id }];
  }
  const failed = { ...ending, failure: interruption(ending.failure) };
  return afterTurn(state, agent, attempt, { ...turn, ended: failed });
}

type EndedTurn = Turn & { readonly ended: TurnEnding };

const isRequestedByUser = (purpose: Turn['purpose']): boolean =>
  purpose === 'message' || purpose === 'changes';

const attemptsInRound = ({ attempts }: AgentState, { round }: Attempt): number =>
  attempts.filter((attempt) => attempt.round === round).length;

export function handOff(agent: AgentState, attempt: Attempt): Effect {
  return { kind: 'hand-off', ...ofAttempt(agent, attempt) };
}

/** The effects that follow from the end of a turn, depending on its purpose. */
function afterTurn(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  turn: EndedTurn,
): AgentEffects {
  const purpose = purposeOf(attempt, turn);
  const { outcome, check } = turn.ended;
  const isFinished = outcome === 'finished' && check !== 'contradicted';
  // Requested changes are handed off; a message only gets its reply.
  const isAside = purpose === 'message' || (purpose === 'changes' && !isFinished);
  if (isAside && hasDelivered(agent)) return [concludeMessage(agent, attempt, turn.ended)];
  // The work is done; the user decides the condition that the agent did not decide.
  const isAnswerMissing = purpose === 'decision' && outcome !== 'finished';
  if (isAnswerMissing && agent.cancel === null) return [handOff(agent, attempt)];
  // The reply to a message may contain the proposal that a failed planner did not make.
  if (isFinished && isPlanner(agent)) {
    return afterPlanning(state, agent, attempt, turn);
  }
  if (isFinished && purpose !== 'message') {
    const planned = afterPlan(state, agent, attempt);
    if (planned !== null) return planned;
  }
  return [conclude(state, agent, attempt, turn)];
}

/** The effects for an agent that plans first; null if its plan is approved, or it does not plan first. */
function afterPlan(state: SessionState, agent: AgentState, attempt: Attempt): AgentEffects | null {
  const plan = planStatusOf(state, agent);
  if (plan === 'none' || plan === 'approved') return null;
  if (agent.cancel !== null) return [settled(agent, attempt, 'cancelled')];
  return untilApproved(state, agent, attempt, { status: plan, rejected: planRejected });
}

/** The planner's message is read; then its edits take effect, or wait for the user's approval. */
function afterPlanning(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  turn: EndedTurn,
): AgentEffects {
  if (agent.cancel !== null) return [settled(agent, attempt, 'cancelled')];
  const proposal = proposalOf(state, { attempt: attempt.number, turnId: turn.id });
  if (proposal === null) {
    return [{ kind: 'read-edits', ...ofAttempt(agent, attempt), turnId: turn.id }];
  }
  // A retry may have fixed the failures in the meantime.
  const isNeeded = proposal.workflow !== null && !isRoundSuccessful(state);
  const status = isNeeded ? approvalOf(state, proposal) : 'not-needed';
  return status === 'not-needed' || status === 'approved'
    ? [settled(agent, attempt, 'completed')]
    : untilApproved(state, agent, attempt, { status, rejected: editsRejected });
}

/** A plan or edits that are not approved yet: opens the gate, waits, or sends the answer to the agent. */
function untilApproved(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  about: {
    readonly status: Exclude<PlanStatus, 'none' | 'approved'>;
    readonly rejected: (note: string | null) => SettlementCause;
  },
): AgentEffects {
  const gate = newestGate(state.flow, { connectionId: null, agentId: agent.id });
  const subject = ofAttempt(agent, attempt);
  switch (about.status) {
    case 'due':
      return [
        { kind: 'record', event: gateOpenedEvent(state, { ...subject, outcome: null }, null) },
      ];
    case 'asked':
      return [];
    case 'rejected':
      return [settled(agent, attempt, 'failed', about.rejected(gate?.answer?.note ?? null))];
    case 'to-change':
    case 'to-carry-out': {
      if (state.phase.kind !== 'active' || gate === undefined) return [];
      const purpose = about.status === 'to-change' ? 'changes' : 'carry-out';
      return [{ kind: 'intend-follow-up', purpose, ...subject, gateId: gate.id }];
    }
    default:
      return about.status satisfies never;
  }
}

function settled(
  agent: AgentState,
  attempt: Attempt,
  outcome: SessionEventOf<'AgentSettled'>['outcome'],
  cause?: SessionEventOf<'AgentSettled'>['cause'],
): Effect {
  const about = { type: 'AgentSettled', ...ofAttempt(agent, attempt), outcome } as const;
  return { kind: 'record', event: cause === undefined ? about : { ...about, cause } };
}

function conclude(
  state: SessionState,
  agent: AgentState,
  attempt: Attempt,
  turn: EndedTurn,
): Effect {
  const ending = turn.ended;
  switch (ending.outcome) {
    case 'finished':
      return ending.check === 'contradicted'
        ? settled(agent, attempt, 'failed', contradictedEnd)
        : handOff(agent, attempt);
    case 'cancelled':
      return settled(
        agent,
        attempt,
        'cancelled',
        agent.cancel === null ? cancelledElsewhere[locationOf(attempt.runtime)] : undefined,
      );
    case 'error':
    case 'expired':
    case 'gone':
    case 'silent':
    case 'interrupted': {
      const failure = ending.failure ?? unexplainedFailure[locationOf(attempt.runtime)];
      const mayRetry =
        agent.cancel === null &&
        ending.outcome !== 'silent' &&
        ending.outcome !== 'interrupted' &&
        // A message or changes belong to this thread; a new attempt would not know about them.
        !isRequestedByUser(purposeOf(attempt, turn)) &&
        attemptsInRound(agent, attempt) < maxAttemptsAt(state, locationOf(attempt.runtime)) &&
        state.phase.kind !== 'ended';
      return mayRetry
        ? {
            kind: 'schedule-retry',
            ...ofAttempt(agent, attempt),
            attempt: attempt.number + 1,
            failure,
          }
        : settled(agent, attempt, 'failed', failure);
    }
    default:
      return ending.outcome satisfies never;
  }
}

/** The user's message came after the work was completed, which it stays however the turn ends. */
function concludeMessage(agent: AgentState, attempt: Attempt, ending: TurnEnding): Effect {
  const cause =
    ending.outcome === 'finished'
      ? undefined
      : (ending.failure ?? unexplainedFailure[locationOf(attempt.runtime)]);
  return settled(agent, attempt, 'completed', cause);
}
