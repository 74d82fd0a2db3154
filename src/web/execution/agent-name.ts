import type { SessionDetail } from '../../contract/session-views.ts';

/** The name of an agent of a session; its id if the session does not have it. */
export const agentName = ({ agents }: Pick<SessionDetail, 'agents'>, agentId: string): string =>
  agents.find(({ id }) => id === agentId)?.name ?? agentId;
