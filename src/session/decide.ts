import { withinBudget } from './budget/decide-budget.ts';
import { decideAttempt, isComplete } from './decide/decide-attempt.ts';
import { decideFlow, isFlowComplete, wasLoopCancelled } from './decide/decide-flow.ts';
import { decideLatestTurn, handOff } from './decide/decide-turn.ts';
import { type AgentEffects, type Effect, ofThread } from './effects.ts';
import { decideEnhance, outcomeOfRounds } from './enhance/decide-enhance.ts';
import { enhanceStatus } from './enhance/enhance-status.ts';
import { isPlanner, notNeeded } from './enhance/planner.ts';
import type { Failure, SessionEventOf } from './events.ts';
import { blockBy } from './flow/facts.ts';
import {
  freeSlotsAt,
  locationOf,
  mayLaunchAt,
  type RunLocation,
  runtimeOf,
} from './run-location.ts';
import {
  ancestors,
  hasDelivered,
  isContradicted,
  isSettled,
  latestAttempt,
  latestTurn,
} from './select.ts';
import { readinessOfAgent } from './session-flow.ts';
import { notTaken, skipCause } from './settlement-causes.ts';
import type {
  AgentPhase,
  AgentState,
  FollowUpPurpose,
  SessionOutcome,
  SessionState,
} from './state.ts';

/**
 * The effects that the engine should carry out now. Pure and total: the same state always gives the same effects, in the
 * order of the document, and an effect whose result is recorded is not returned again.
 */
export function decide(state: SessionState | undefined): Effect[] {
  if (state === undefined) return [];
  const effects = withinLimit(
    state,
    state.agents.flatMap((agent) => decideAgent(state, agent)),
  );
  effects.push(...decideFlow(state), ...decideEnhance(state));
  const outcome = outcomeOf(state);
  if (outcome !== null) effects.push({ kind: 'record', event: { type: 'SessionEnded', outcome } });
  return withinBudget(state, effects);
}

const locations: readonly RunLocation[] = ['cloud', 'this-machine'];

/** Each agent that starts or resumes work needs a free slot. */
function withinLimit(state: SessionState, effects: readonly Effect[]): Effect[] {
  const admitted = new Set<Effect>(
    locations.flatMap((location) => admittedAt(state, location, effects)),
  );
  return effects.filter((effect) => !needsSlot(effect) || admitted.has(effect));
}

const needsSlot = ({ kind }: Effect): boolean =>
  kind === 'intend-launch' || kind === 'intend-resume';

/**
 * Interrupted work goes first. Then come the launches that can start soonest, so that an agent waiting for its retry does
 * not block another one.
 */
function admittedAt(
  state: SessionState,
  location: RunLocation,
  effects: readonly Effect[],
): Effect[] {
  const resumptions = effects.filter(
    (effect) => effect.kind === 'intend-resume' && locationOf(effect.runtime) === location,
  );
  const launches = effects
    .filter((effect) => effect.kind === 'intend-launch')
    .filter(({ agentId }) => locationOf(runtimeOf(state, agentId)) === location)
    .toSorted((one, other) => (one.notBefore ?? 0) - (other.notBefore ?? 0));
  const next = mayLaunchAt(state, location) ? [...resumptions, ...launches] : resumptions;
  return next.slice(0, freeSlotsAt(state, location));
}

function decideAgent(state: SessionState, agent: AgentState): AgentEffects {
  const follows = agent.attempts.flatMap((attempt) => decideAttempt(agent, attempt));
  return [...decidePhase(state, agent), ...follows];
}

function decidePhase(state: SessionState, agent: AgentState): AgentEffects {
  switch (agent.phase.kind) {
    case 'waiting':
      return decideWaiting(state, agent, agent.phase);
    case 'launching':
      return decideLaunching(state, agent, agent.phase);
    case 'running':
      return decideLatestTurn(state, agent);
    case 'following-up':
      return decideFollowUp(state, agent, agent.phase);
    case 'settled':
      return [];
    default:
      return agent.phase satisfies never;
  }
}

type PhaseOf<Kind extends AgentPhase['kind']> = Extract<AgentPhase, { kind: Kind }>;

function decideWaiting(
  state: SessionState,
  agent: AgentState,
  phase: PhaseOf<'waiting'>,
): AgentEffects {
  if (agent.cancel !== null) return [settle(agent, 'cancelled')];
  if (isPlanner(agent)) return decideWaitingPlanner(state, agent, phase);
  const due = readinessOfAgent(state, agent.id);
  if (due.kind === 'skip') {
    return [settle(agent, 'skipped', due.by === null ? notTaken : skipCause(state, due.by))];
  }
  // Agents that started before an upstream end was contradicted continue; no further ones start.
  const contradicted = state.agents.some(isContradicted)
    ? ancestors(state, agent.id).find(isContradicted)
    : undefined;
  if (contradicted !== undefined && isSettled(contradicted)) {
    return [settle(agent, 'skipped', skipCause(state, blockBy(contradicted.id, 'failed')))];
  }
  if (due.kind === 'not-yet' || state.phase.kind !== 'active') return [];
  return [intendLaunch(agent, phase)];
}

function decideWaitingPlanner(
  state: SessionState,
  agent: AgentState,
  phase: PhaseOf<'waiting'>,
): AgentEffects {
  const { kind } = enhanceStatus(state);
  if (kind === 'ended') return [settle(agent, 'skipped', notNeeded)];
  return kind === 'planning' && state.phase.kind === 'active' ? [intendLaunch(agent, phase)] : [];
}

function intendLaunch(agent: AgentState, { deferred }: PhaseOf<'waiting'>): Effect {
  const attempt = agent.attempts.length + 1;
  const notBefore = deferred?.until ?? null;
  return { kind: 'intend-launch', agentId: agent.id, attempt, round: agent.round, notBefore };
}

function decideLaunching(
  state: SessionState,
  agent: AgentState,
  phase: PhaseOf<'launching'>,
): AgentEffects {
  const attempt = latestAttempt(agent);
  if (attempt === undefined) return [];
  if (phase.rejected !== null) {
    // It is unknown whether an unanswered launch arrived, so it is not reported as cancelled.
    const isCancelled = agent.cancel !== null && phase.rejected.code !== 'silent_24h';
    return [isCancelled ? settle(agent, 'cancelled') : settle(agent, 'failed', phase.rejected)];
  }
  const subject = ofThread(agent, attempt);
  if (agent.cancel !== null) return [{ kind: 'resolve-launch', ...subject }];
  // A stored intent waits too: with the key of another account, it would create a second agent.
  if (state.phase.kind !== 'active') return [];
  return [{ kind: 'launch', ...subject, notBefore: phase.deferred?.until ?? null }];
}

function decideFollowUp(
  state: SessionState,
  agent: AgentState,
  phase: PhaseOf<'following-up'>,
): AgentEffects {
  const attempt = latestAttempt(agent);
  if (attempt === undefined) return [];
  if (phase.rejected !== null) return [settleUnsent(agent, phase.purpose, phase.rejected)];
  // The user may send a message while the session is held; other follow-ups wait until it is resumed.
  const isAutomatic = phase.purpose !== 'message' && agent.cancel === null;
  if (isAutomatic && state.phase.kind !== 'active') return [];
  const { followUpId } = phase;
  return [{ kind: 'send-follow-up', ...ofThread(agent, attempt), followUpId }];
}

/** A follow-up that could not be sent does not change completed work; otherwise the agent has failed. */
function settleUnsent(agent: AgentState, purpose: FollowUpPurpose, cause: Failure): Effect {
  const attempt = latestAttempt(agent);
  // The work is done: it is handed off, and the user decides the condition that the agent could not be asked about.
  if (purpose === 'decision' && attempt !== undefined && agent.cancel === null) {
    return handOff(agent, attempt);
  }
  const isAutomatic =
    purpose === 'handoff-repair' || (purpose !== 'message' && !hasDelivered(agent));
  if (isAutomatic)
    return agent.cancel === null ? settle(agent, 'failed', cause) : settle(agent, 'cancelled');
  if (hasDelivered(agent)) return settle(agent, 'completed', cause);
  const wasCancelled = latestTurn(attempt)?.ended?.outcome === 'cancelled';
  return settle(agent, wasCancelled ? 'cancelled' : 'failed', cause);
}

function settle(
  agent: AgentState,
  outcome: SessionEventOf<'AgentSettled'>['outcome'],
  cause?: SessionEventOf<'AgentSettled'>['cause'],
): Effect {
  const number = latestAttempt(agent)?.number;
  return {
    kind: 'record',
    event: {
      type: 'AgentSettled',
      agentId: agent.id,
      ...(number === undefined ? {} : { attempt: number }),
      round: agent.round,
      outcome,
      ...(cause === undefined ? {} : { cause }),
    },
  };
}

/**
 * How the session ends, or null while something is still outstanding. The end waits until every stream is read and the
 * artifacts of finished agents are stored, so that an ended session is complete on disk.
 */
function outcomeOf(state: SessionState): SessionOutcome | null {
  if (state.phase.kind === 'ended' || state.agents.some((agent) => !isComplete(agent))) return null;
  const outcome = outcomeOfRounds(state);
  if (outcome !== undefined) return outcome;
  if (!isFlowComplete(state)) return null;
  const outcomes = new Set(
    state.agents.flatMap(({ phase }) => (phase.kind === 'settled' ? phase.outcome : [])),
  );
  const wasStopped = outcomes.has('cancelled') || wasLoopCancelled(state);
  if (state.isCancelRequested && wasStopped) return 'cancelled';
  if (outcomes.has('failed') || state.agents.some(isRejected)) return 'failed';
  return wasStopped ? 'cancelled' : 'finished';
}

/** Its work was completed, but the user rejected it. */
const isRejected = ({ phase }: AgentState): boolean =>
  phase.kind === 'settled' && phase.cause?.code === 'gate_rejected';
