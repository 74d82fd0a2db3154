import type { Effect } from '../effects.ts';
import { unsentChanges } from '../flow/approval.ts';
import { pendingFlowEvents } from '../flow/pending-events.ts';
import { latestAttempt } from '../select.ts';
import { flowOfSession } from '../session-flow.ts';
import type { SessionState } from '../state.ts';

/** What is to be done about the ways of a session: what follows is stored, and changes that were asked for are sent. */
export function decideFlow(state: SessionState): Effect[] {
  if (state.phase.kind === 'ended') return [];
  const { facts, status } = flowOfSession(state);
  const isActive = state.phase.kind === 'active';
  const steps = pendingFlowEvents(facts, status, isActive && !state.isCancelRequested);
  const records = steps.map((event): Effect => ({ kind: 'record', event }));
  return isActive && !state.isCancelRequested ? [...records, ...changesToSend(state)] : records;
}

/** To whom is done with its work, once for all its gates; whoever waits with a plan is told elsewhere. */
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

/** Every loop has ended, and its end is stored. */
export function isFlowComplete(state: SessionState): boolean {
  const { facts, status } = flowOfSession(state);
  const isEverythingEnded = status.loops.every((loop) => loop.state === 'ended');
  return isEverythingEnded && pendingFlowEvents(facts, status, true).length === 0;
}

export function wasLoopCancelled(state: SessionState): boolean {
  return flowOfSession(state).status.loops.some(({ cause }) => cause === 'cancelled');
}
