import type { AgentId } from '../../workflow/ids.ts';
import { freeSlotsAt, locationOf, runtimeOf } from '../run-location.ts';
import { isEnded, isSettled } from '../select.ts';
import { readinessOfAgent } from '../session-flow.ts';
import type { AgentState, SessionState } from '../state.ts';

const known = new WeakMap<SessionState, ReadonlySet<AgentId>>();

/**
 * Agents that could start now if a place were free: everything that leads to them is decided, and either the limit of this
 * session or the one over all sessions holds them back. Computed once for each state: a state never changes.
 */
export function queuedAgents(state: SessionState): ReadonlySet<AgentId> {
  const before = known.get(state);
  if (before !== undefined) return before;
  const queued = new Set(state.phase.kind === 'active' ? queuedIn(state) : []);
  known.set(state, queued);
  return queued;
}

function queuedIn(state: SessionState): AgentId[] {
  const isDue = (agent: AgentState) =>
    waitsOnlyForSlot(agent) && readinessOfAgent(state, agent.id).kind === 'start';
  const taken = { cloud: 0, 'this-machine': 0 };
  // The first of them have a place in this session, and are queued only where all sessions together are at the limit.
  return state.agents
    .filter(isDue)
    .filter((agent) => {
      const place = locationOf(runtimeOf(state, agent.id));
      taken[place] += 1;
      return taken[place] > freeSlotsAt(state, place) || isAtSharedLimit(agent);
    })
    .map(({ id }) => id);
}

/** A retry, a rate limit, a key or the network has its own reason to wait. */
function waitsOnlyForSlot({ phase, cancel }: AgentState): boolean {
  if (phase.kind !== 'waiting' || cancel !== null) return false;
  return phase.deferred === null || phase.deferred.reason === 'concurrency';
}

const isAtSharedLimit = ({ phase }: AgentState): boolean =>
  phase.kind === 'waiting' && phase.deferred?.reason === 'concurrency';

/** The session continues, but nothing of it is at work: what could start waits for a free slot. */
export function isQueued(state: SessionState): boolean {
  const queued = queuedAgents(state);
  if (queued.size === 0 || isEnded(state)) return false;
  return state.agents.every((agent) => isSettled(agent) || queued.has(agent.id) || isIdle(agent));
}

/** It waits for other agents; one that waits for Cursor, a key or a retry is on its way already. */
const isIdle = ({ phase }: AgentState): boolean =>
  phase.kind === 'waiting' && phase.deferred === null;
