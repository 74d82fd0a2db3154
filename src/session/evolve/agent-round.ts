import type { AgentId } from '../../workflow/ids.ts';
import type { AgentState } from '../state.ts';

/** An agent that has not begun yet. */
export const newAgent = (id: AgentId, at: number): AgentState => ({
  id,
  round: 1,
  phase: { kind: 'waiting', deferred: null },
  attempts: [],
  cancel: null,
  changedAt: at,
});

/** An agent that is due again, in its next round. */
export const withNextRound = (agent: AgentState, at: number): AgentState => ({
  ...agent,
  round: agent.round + 1,
  phase: { kind: 'waiting', deferred: null },
  cancel: null,
  changedAt: at,
});
