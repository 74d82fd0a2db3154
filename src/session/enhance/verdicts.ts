import { type AgentId, agentId, type ConnectionId, connectionId } from '../../workflow/ids.ts';

/** By what decisions name the verdict of an agent on a round, which belongs to no connection. */
export const verdictId = (id: AgentId): ConnectionId => connectionId(`verdict:${id}`);

export const verifierOf = (id: ConnectionId): AgentId => agentId(id.slice('verdict:'.length));

export const VERDICT_CONDITION =
  'The work that you checked is complete and correct, and nothing important is left to fix';
