import type { AgentId } from '../../workflow/ids.ts';
import { awaitsResumption } from '../resumption.ts';
import {
  freeSlotsAt,
  locationOf,
  locationOfAgent,
  mayLaunchAt,
  type RunLocation,
  runtimeOf,
} from '../run-location.ts';
import { isEnded, isSettled } from '../select.ts';
import { readinessOfAgent } from '../session-flow.ts';
import type { AgentState, SessionState } from '../state.ts';

const cache = new WeakMap<SessionState, ReadonlySet<AgentId>>();

/**
 * Agents that wait only for a free slot, because of the limit of this session or the limit across all sessions. Cached,
 * because a state never changes.
 */
export function queuedAgents(state: SessionState): ReadonlySet<AgentId> {
  const cached = cache.get(state);
  if (cached !== undefined) return cached;
  const queued = new Set(state.phase.kind === 'active' ? queuedIn(state) : []);
  cache.set(state, queued);
  return queued;
}

function queuedIn(state: SessionState): AgentId[] {
  const isDue = (agent: AgentState) =>
    waitsOnlyForSlot(agent) && readinessOfAgent(state, agent.id).kind === 'start';
  const taken = { cloud: 0, 'this-machine': 0 };
  // Interrupted agents go first, as in `decide`.
  const due = [...state.agents.filter(awaitsResumption), ...state.agents.filter(isDue)];
  // The first ones fit into this session, and are queued only if the limit across all sessions is reached.
  return due
    .filter((agent) => {
      const location = locationOfNext(state, agent);
      taken[location] += 1;
      if (agent.phase.kind === 'waiting' && !mayLaunchAt(state, location)) return true;
      return taken[location] > freeSlotsAt(state, location) || isAtSharedLimit(agent);
    })
    .map(({ id }) => id);
}

/** Where the agent runs next: interrupted work is resumed where it was. */
const locationOfNext = (state: SessionState, agent: AgentState): RunLocation =>
  agent.phase.kind === 'waiting'
    ? locationOf(runtimeOf(state, agent.id))
    : locationOfAgent(state, agent);

/** False if it also waits for a retry, a rate limit, a key or the network. */
function waitsOnlyForSlot({ phase, cancel }: AgentState): boolean {
  if (phase.kind !== 'waiting' || cancel !== null) return false;
  return phase.deferred === null || phase.deferred.reason === 'concurrency';
}

const isAtSharedLimit = ({ phase }: AgentState): boolean =>
  (phase.kind === 'waiting' || phase.kind === 'running') &&
  phase.deferred?.reason === 'concurrency';

/** No agent of the session is at work, and those that could start wait for a free slot. */
export function isQueued(state: SessionState): boolean {
  const queued = queuedAgents(state);
  if (queued.size === 0 || isEnded(state)) return false;
  return state.agents.every((agent) => isSettled(agent) || queued.has(agent.id) || isIdle(agent));
}

/** It waits for other agents, and not for Cursor, a key or a retry. */
const isIdle = ({ phase }: AgentState): boolean =>
  phase.kind === 'waiting' && phase.deferred === null;
