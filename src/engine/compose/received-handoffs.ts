import type { SessionEvent, SessionEventOf } from '../../session/events.ts';
import { locationOf, runtimeOf } from '../../session/run-location.ts';
import { agentOf } from '../../session/select.ts';
import { flowGraphOfSession, flowOfSession } from '../../session/session-flow.ts';
import type { SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { Connection } from '../../workflow/schema.ts';
import { branchesFor } from './handoff-branches.ts';
import type { ReceivedHandoff } from './prompt.ts';

/**
 * The complete hand-offs for an agent, over the connections that were taken, in document order. `isContinued`: only those
 * that are new since the previous round, which its thread already knows.
 */
export function receivedHandoffs(
  state: SessionState,
  events: readonly SessionEvent[],
  id: AgentId,
  isContinued: boolean,
): ReceivedHandoff[] {
  const newest = new Map<string, SessionEventOf<'HandoffStored'>>();
  for (const event of events)
    if (event.type === 'HandoffStored') newest.set(event.connectionId, event);
  return state.workflow.connections.flatMap((connection) => {
    const handoff = newest.get(connection.id);
    if (connection.target !== id || handoff === undefined) return [];
    if (!isTaken(state, connection) || (isContinued && !isRepeated(state, connection))) return [];
    const from = state.workflow.agents.find((agent) => agent.id === connection.source);
    return {
      fromName: from?.name ?? connection.source,
      fromRole: from?.role ?? 'agent',
      format: handoff.format,
      content: handoff.content,
      outputFiles: handoff.outputFiles,
      branches: branchesFor(state, locationOf(runtimeOf(state, id)), handoff.branches),
      artifacts: (handoff.artifacts ?? []).map(({ path }) => path),
      description: connection.dataDescription ?? null,
    };
  });
}

/** Whether a connection was taken. A loop was taken if its target is in a further round. */
export function isTaken(state: SessionState, connection: Connection): boolean {
  if (connection.flowType === 'loop') {
    const progress = state.flow.loops.find(({ connectionId }) => connectionId === connection.id);
    return (progress?.round ?? 1) > 1 && agentOf(state, connection.source) !== undefined;
  }
  return flowOfSession(state).status.connections.get(connection.id)?.state === 'taken';
}

/** Both agents are in the same loop, so that the hand-off is created again in each round. */
function isRepeated(state: SessionState, { source, target }: Connection): boolean {
  return flowGraphOfSession(state).loops.some(({ body }) => body.has(source) && body.has(target));
}
