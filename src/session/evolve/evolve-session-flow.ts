import type { SessionEventOf } from '../events.ts';
import { evolveFlow, markAnswersSent, reopenGates } from '../flow/evolve-flow.ts';
import type { FlowEvent } from '../flow/flow-events.ts';
import { agentOf, isSettled } from '../select.ts';
import { flowGraphOfSession, flowOfSession } from '../session-flow.ts';
import type { AgentState, SessionState } from '../state.ts';
import { withNextRound } from './agent-round.ts';

/** Folds a decision, a gate or the end of a loop. An ended session does not change. */
export function applyFlowEvent(state: SessionState, event: FlowEvent, at: number): SessionState {
  if (state.phase.kind === 'ended') return state;
  const flow = evolveFlow(state.flow, event, { graph: flowGraphOfSession(state), at });
  return flow === state.flow ? state : { ...state, flow };
}

/** Starts the next round of every agent in the loop body. Changes nothing unless it is the next round and all of them have settled. */
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

/** An answer at a gate is sent to the agent; its new work must then be approved again at its other gates. */
export function afterFollowUpIntended(
  state: SessionState,
  before: SessionState,
  { agentId, attempt, purpose }: SessionEventOf<'FollowUpIntended'>,
): SessionState {
  if (state === before) return state;
  const isAnswer = purpose === 'changes' || purpose === 'carry-out';
  const sent = isAnswer ? markAnswersSent(state.flow, agentId, attempt) : state.flow;
  const isChange = purpose === 'changes' || purpose === 'message';
  const { facts } = flowOfSession(before);
  const flow = isChange ? reopenGates({ ...facts, flow: sent }, { agentId, attempt }) : sent;
  return flow === state.flow ? state : { ...state, flow };
}
