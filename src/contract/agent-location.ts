import type { AgentView } from './agent-views.ts';

type Located = Pick<AgentView, 'runtime'>;

/** Whether an agent runs, or ran, on this machine. False for both locations if it never started. */
export const isOnThisMachine = ({ runtime }: Located): boolean =>
  runtime !== null && runtime !== 'cursor-cloud';

/** Whether an agent runs, or ran, in the cloud, from which artifacts can be fetched. */
export const isInCloud = ({ runtime }: Located): boolean => runtime === 'cursor-cloud';

/** Whether a session has agents both on this machine and in the cloud, so that each one must show its location. */
export const hasSeveralLocations = (agents: readonly Located[]): boolean =>
  agents.some(isOnThisMachine) && agents.some(isInCloud);
