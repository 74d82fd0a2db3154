import type { Effect } from '../effects.ts';
import { unsentChanges } from '../flow/approval.ts';
import { pendingFlowEvents } from '../flow/pending-events.ts';
import { latestAttempt } from '../select.ts';
import { flowOfSession } from '../session-flow.ts';
import type { SessionState } from '../state.ts';

/** The effects of the control flow: pending events are stored, and changes that the user requested are sent. */
export function decideFlow(state: SessionState): Effect[] {
  if (state.phase.kind === 'ended') return [];
  const { facts, status } = flowOfSession(state);
  const canContinue = state.phase.kind === 'active' && !state.isCancelRequested;
  const events = pendingFlowEvents(facts, status, { canContinue });
  const records = events.map((event): Effect => ({ kind: 'record', event }));
  return canContinue ? [...records, ...changesToSend(state)] : records;
}

/** One follow-up per completed agent, for all of its gates. Changes to a plan are sent by `decideLatestTurn`. */
function changesToSend(state: SessionState): Effect[] {
  return state.agents.flatMap((agent): Effect[] => {
    const attempt = latestAttempt(agent);
    if (attempt?.round !== agent.round) return [];
    if (agent.phase.kind !== 'settled' || agent.phase.outcome !== 'completed') return [];
    const about = { agentId: agent.id, attempt: attempt.number };
    const [gate] = unsentChanges(state.flow, about);
    if (gate === undefined) return [];
    const { id: gateId, round } = gate;
    return [{ kind: 'intend-follow-up', purpose: 'changes', gateId, ...about, round }];
  });
}

/** Every loop has ended, and all events of the control flow are stored. */
export function isFlowComplete(state: SessionState): boolean {
  const { facts, status } = flowOfSession(state);
  const haveLoopsEnded = status.loops.every((loop) => loop.state === 'ended');
  return haveLoopsEnded && pendingFlowEvents(facts, status, { canContinue: true }).length === 0;
}

export function wasLoopCancelled(state: SessionState): boolean {
  return flowOfSession(state).status.loops.some(({ cause }) => cause === 'cancelled');
}
