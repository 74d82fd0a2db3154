import type { AgentId } from '../../workflow/ids.ts';
import type { AgentState } from '../state.ts';

/** An agent before its first activation. */
export const newAgent = (id: AgentId, at: number): AgentState => ({
  id,
  round: 1,
  phase: { kind: 'waiting', deferred: null },
  attempts: [],
  cancel: null,
  changedAt: at,
});

/** The agent at the start of its next round. */
export const withNextRound = (agent: AgentState, at: number): AgentState => ({
  ...agent,
  round: agent.round + 1,
  phase: { kind: 'waiting', deferred: null },
  cancel: null,
  changedAt: at,
});
