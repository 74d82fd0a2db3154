import type { Effect } from './effects.ts';
import { flowSteps } from './flow/steps.ts';
import { agentOf } from './select.ts';
import { flowOfSession } from './session-flow.ts';
import type { SessionState } from './state.ts';

/** What is to be done about the ways of a session: what follows is stored, and changes that were asked for are sent. */
export function decideFlow(state: SessionState): Effect[] {
  if (state.phase.kind === 'ended') return [];
  const { facts, standing } = flowOfSession(state);
  const isActive = state.phase.kind === 'active';
  const steps = flowSteps(facts, standing, isActive && !state.isCancelRequested);
  const records = steps.map((event): Effect => ({ kind: 'record', event }));
  return isActive && !state.isCancelRequested ? [...records, ...changesToSend(state)] : records;
}

/** To whom is done with its work; whoever waits with a plan is told elsewhere. */
function changesToSend(state: SessionState): Effect[] {
  return state.flow.gates.flatMap(({ id: gateId, connectionId, answer, isSentBack, ...gate }) => {
    const agent = agentOf(state, gate.agentId);
    if (connectionId === null || answer?.kind !== 'changes' || isSentBack) return [];
    if (agent?.phase.kind !== 'settled' || agent.phase.outcome !== 'completed') return [];
    const { agentId, attempt, round } = gate;
    if (agent.attempts.length !== attempt || agent.round !== round) return [];
    return { kind: 'intend-follow-up', purpose: 'changes', gateId, agentId, attempt, round };
  });
}

/** Every loop has ended, and its end is stored. */
export function isFlowComplete(state: SessionState): boolean {
  const { facts, standing } = flowOfSession(state);
  const isEverythingEnded = standing.loops.every((loop) => loop.state === 'ended');
  return isEverythingEnded && flowSteps(facts, standing, true).length === 0;
}

export function wasLoopCancelled(state: SessionState): boolean {
  return flowOfSession(state).standing.loops.some(({ cause }) => cause === 'cancelled');
}
