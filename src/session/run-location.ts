import type { AgentId } from '../workflow/ids.ts';
import { providerOf, runModeOf } from '../workflow/placement.ts';
import { PLANNER_ID } from '../workflow/planner.ts';
import { plannerPlacement } from './enhance/planner.ts';
import type { ProviderChoice, RuntimeId } from './events.ts';
import { isLive, latestAttempt } from './select.ts';
import type { AgentState, SessionState } from './state.ts';

/** Where work is done: each place has limits of its own. */
export type RunLocation = 'cloud' | 'this-machine';

export const locationOf = (runtime: RuntimeId): RunLocation =>
  runtime === 'cursor-cloud' ? 'cloud' : 'this-machine';

type Placed = Pick<SessionState, 'mode' | 'workflow' | 'providers'>;

/**
 * How the next attempt of an agent is run: by its own run mode, otherwise by that of the session. The settings of the snapshot
 * do not count here: in older journals they may say something else than what the session was started with.
 */
export function runtimeOf(state: Placed, id: AgentId): RuntimeId {
  const settings = { ...state.workflow.settings, runMode: state.mode };
  if (runModeOf(placementOf(state, id), settings) === 'cloud') return 'cursor-cloud';
  return providerChoice(state, id)?.runtime ?? 'cursor-local';
}

/** What the provider of an agent stands for: the agent's own, otherwise the workflow's. Null in older sessions. */
export function providerChoice(state: Placed, id: AgentId): ProviderChoice | null {
  const provider = providerOf(placementOf(state, id), state.workflow.settings);
  return state.providers?.choices[provider] ?? null;
}

function placementOf(state: Placed, id: AgentId): Parameters<typeof runModeOf>[0] {
  const agent = state.workflow.agents.find((one) => one.id === id);
  return agent ?? (id === PLANNER_ID ? plannerPlacement(state) : {});
}

/** Of its newest attempt, or of its first one before that. */
export const runtimeOfAgent = (state: SessionState, agent: AgentState): RuntimeId =>
  latestAttempt(agent)?.runtime ?? runtimeOf(state, agent.id);

/** Where an agent's newest attempt is, or where its first one will be. */
export const locationOfAgent = (state: SessionState, agent: AgentState): RunLocation =>
  locationOf(runtimeOfAgent(state, agent));

/** It runs with the account of the session, which is Cursor's. */
export const usesCursorAccount = (runtime: RuntimeId): boolean =>
  runtime === 'cursor-cloud' || runtime === 'cursor-local';

/** How many agents of a session may be at work there at the same time. */
export function maxConcurrentAt(
  { local, maxConcurrentAgents }: Pick<SessionState, 'local' | 'maxConcurrentAgents'>,
  place: RunLocation,
): number {
  if (local === null) return maxConcurrentAgents;
  return place === 'this-machine'
    ? local.maxConcurrentAgents
    : maxConcurrentAgents - local.maxConcurrentAgents;
}

export function freeSlotsAt(state: SessionState, place: RunLocation): number {
  const live = state.agents.filter((agent) => {
    const attempt = latestAttempt(agent);
    return isLive(agent) && attempt !== undefined && locationOf(attempt.runtime) === place;
  });
  return Math.max(0, maxConcurrentAt(state, place) - live.length);
}

/** How many attempts an agent gets there before it has failed. */
export const maxAttemptsAt = ({ local, maxAttempts }: SessionState, place: RunLocation): number =>
  place === 'this-machine' && local !== null ? local.maxAttempts : maxAttempts;

/** Agents of the session are, or may come to be, at work there. */
export function hasAgentsAt(state: SessionState, place: RunLocation): boolean {
  return state.agents.some(
    ({ id, attempts }) =>
      locationOf(runtimeOf(state, id)) === place ||
      attempts.some(({ runtime }) => locationOf(runtime) === place),
  );
}
