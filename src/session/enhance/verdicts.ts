import { type AgentId, agentId, type ConnectionId, connectionId } from '../../workflow/ids.ts';

/** Identifies the verdict of an agent, which has no connection, in decisions. */
export const verdictId = (id: AgentId): ConnectionId => connectionId(`verdict:${id}`);

export const verifierOf = (id: ConnectionId): AgentId => agentId(id.slice('verdict:'.length));

export const VERDICT_CONDITION =
  'The work that you checked is complete and correct, and nothing important is left to fix';
