import type { AgentView } from './agent-views.ts';

type Placed = Pick<AgentView, 'runtime'>;

/** Whether the agent runs, or ran, on this machine. One that never started is nowhere yet. */
export const isOnThisMachine = ({ runtime }: Placed): boolean =>
  runtime !== null && runtime !== 'cursor-cloud';

/** Whether the agent runs, or ran, in the cloud, where artifacts can be fetched from. */
export const isInCloud = ({ runtime }: Placed): boolean => runtime === 'cursor-cloud';

/** Some agents of a session work on this machine and some in the cloud, so that each must say where. */
export const hasSeveralLocations = (agents: readonly Placed[]): boolean =>
  agents.some(isOnThisMachine) && agents.some(isInCloud);
