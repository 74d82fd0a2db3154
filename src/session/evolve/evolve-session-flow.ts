import type { SessionEventOf } from '../events.ts';
import { evolveFlow, markAnswersSent, reopenGates } from '../flow/evolve-flow.ts';
import type { FlowEvent } from '../flow/flow-events.ts';
import { agentOf, isSettled } from '../select.ts';
import { flowGraphOfSession, flowOfSession } from '../session-flow.ts';
import type { AgentState, SessionState } from '../state.ts';
import { withNextRound } from './agent-round.ts';

/** Folds what was decided about the ways of a session. A session that has ended is decided. */
export function applyFlowEvent(state: SessionState, event: FlowEvent, at: number): SessionState {
  if (state.phase.kind === 'ended') return state;
  const flow = evolveFlow(state.flow, event, { graph: flowGraphOfSession(state), at });
  return flow === state.flow ? state : { ...state, flow };
}

/** Everyone in the body of the loop is due again. Nothing changes unless it is the next round, and all are settled. */
export function openRound(
  state: SessionState,
  event: SessionEventOf<'RoundOpened'>,
  at: number,
): SessionState {
  const loop = flowGraphOfSession(state).loops.find(({ id }) => id === event.connectionId);
  if (loop === undefined || agentOf(state, loop.source)?.round !== event.round - 1) return state;
  const isRepeated = ({ id }: AgentState) => loop.body.has(id);
  if (!state.agents.filter(isRepeated).every(isSettled)) return state;
  const opened = applyFlowEvent(state, event, at);
  if (opened === state) return state;
  const agents = state.agents.map((agent) =>
    isRepeated(agent) ? withNextRound(agent, at) : agent,
  );
  return { ...opened, agents };
}

/** What was answered at a gate is on its way to the agent, and what it says then is asked about again at its other gates. */
export function afterFollowUpIntended(
  state: SessionState,
  before: SessionState,
  { agentId, attempt, purpose }: SessionEventOf<'FollowUpIntended'>,
): SessionState {
  if (state === before) return state;
  const isAnswer = purpose === 'changes' || purpose === 'carry-out';
  const told = isAnswer ? markAnswersSent(state.flow, agentId, attempt) : state.flow;
  const isChange = purpose === 'changes' || purpose === 'message';
  const { facts } = flowOfSession(before);
  const flow = isChange ? reopenGates({ ...facts, flow: told }, { agentId, attempt }) : told;
  return flow === state.flow ? state : { ...state, flow };
}
