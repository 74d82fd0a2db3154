import type { AgentId } from '../workflow/ids.ts';
import { providerOf, runModeOf } from '../workflow/placement.ts';
import { PLANNER_ID } from '../workflow/planner.ts';
import { plannerPlacement } from './enhance/planner.ts';
import type { ProviderChoice, RuntimeId } from './events.ts';
import { unansweredRequests } from './requests/tool-requests.ts';
import { awaitsResumption } from './resumption.ts';
import { isLive, latestAttempt } from './select.ts';
import type { AgentState, SessionState } from './state.ts';

/** Where an agent runs. Each location has its own limits. */
export type RunLocation = 'cloud' | 'this-machine';

export const locationOf = (runtime: RuntimeId): RunLocation =>
  runtime === 'cursor-cloud' ? 'cloud' : 'this-machine';

type LocationState = Pick<SessionState, 'mode' | 'workflow' | 'providers'>;

/**
 * The runtime of an agent's next attempt, by its own run mode or that of the session. The run mode in the settings of the
 * snapshot is ignored: in older journals it may differ from the one with which the session was started.
 */
export function runtimeOf(state: LocationState, id: AgentId): RuntimeId {
  const settings = { ...state.workflow.settings, runMode: state.mode };
  if (runModeOf(placementOf(state, id), settings) === 'cloud') return 'cursor-cloud';
  return providerChoice(state, id)?.runtime ?? 'cursor-local';
}

/** The provider of an agent: its own, or that of the workflow. Null in older sessions. */
export function providerChoice(state: LocationState, id: AgentId): ProviderChoice | null {
  const provider = providerOf(placementOf(state, id), state.workflow.settings);
  return state.providers?.choices[provider] ?? null;
}

function placementOf(state: LocationState, id: AgentId): Parameters<typeof runModeOf>[0] {
  const agent = state.workflow.agents.find((candidate) => candidate.id === id);
  return agent ?? (id === PLANNER_ID ? plannerPlacement(state) : {});
}

/** The runtime of an agent's newest attempt, or of its first one if it has not started. */
export const runtimeOfAgent = (state: SessionState, agent: AgentState): RuntimeId =>
  latestAttempt(agent)?.runtime ?? runtimeOf(state, agent.id);

/** Where an agent's newest attempt runs, or where its first one will run. */
export const locationOfAgent = (state: SessionState, agent: AgentState): RunLocation =>
  locationOf(runtimeOfAgent(state, agent));

/** The runtime uses the Cursor account of the session. */
export const usesCursorAccount = (runtime: RuntimeId): boolean =>
  runtime === 'cursor-cloud' || runtime === 'cursor-local';

/** How many agents of a session may run at a location at the same time. */
export function maxConcurrentAt(
  { local, maxConcurrentAgents }: Pick<SessionState, 'local' | 'maxConcurrentAgents'>,
  location: RunLocation,
): number {
  if (local === null) return maxConcurrentAgents;
  return location === 'this-machine'
    ? local.maxConcurrentAgents
    : maxConcurrentAgents - local.maxConcurrentAgents;
}

export function freeSlotsAt(state: SessionState, location: RunLocation): number {
  const live = state.agents.filter((agent) => {
    const attempt = latestAttempt(agent);
    return isLive(agent) && attempt !== undefined && locationOf(attempt.runtime) === location;
  });
  const slots = maxConcurrentAt(state, location);
  // In the folder itself nobody takes the place of an agent that waits: it may be in the middle of its changes.
  const mayLend = location === 'this-machine' && state.local?.isolation !== 'in-place';
  const waiting = mayLend ? live.filter(isWaitingForAnswer).length : 0;
  return Math.max(0, slots - usedSlots({ live: live.length, waiting }, slots));
}

/** How many agents at a location were interrupted and are to be resumed. */
export const interruptedAt = (state: SessionState, location: RunLocation): number =>
  state.agents.filter(
    (agent) => awaitsResumption(agent) && locationOfAgent(state, agent) === location,
  ).length;

/** In the folder itself, no agent starts before an interrupted one is resumed, which was in the middle of its changes. */
export const mayLaunchAt = (state: SessionState, location: RunLocation): boolean =>
  location !== 'this-machine' ||
  state.local?.isolation !== 'in-place' ||
  !state.agents.some(awaitsResumption);

/** A tool call of the agent waits for a person. It does no work, but its process stays. */
export const isWaitingForAnswer = (agent: AgentState): boolean =>
  isLive(agent) && unansweredRequests(agent).length > 0;

/**
 * Slots of this machine that are in use. An agent that waits for an answer lends its slot to another one, so that a
 * person who is away does not hold up the others. At most as many lend theirs as there are slots: of their processes
 * there are never more than twice as many.
 */
export const usedSlots = (
  { live, waiting }: { readonly live: number; readonly waiting: number },
  slots: number,
): number => live - Math.min(waiting, slots);

/** How many attempts an agent has at a location. */
export const maxAttemptsAt = (
  { local, maxAttempts }: SessionState,
  location: RunLocation,
): number => (location === 'this-machine' && local !== null ? local.maxAttempts : maxAttempts);

/** Agents of the session have run, or will run, at this location. */
export function hasAgentsAt(state: SessionState, location: RunLocation): boolean {
  return state.agents.some(
    ({ id, attempts }) =>
      locationOf(runtimeOf(state, id)) === location ||
      attempts.some(({ runtime }) => locationOf(runtime) === location),
  );
}
