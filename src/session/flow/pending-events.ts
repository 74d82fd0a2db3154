import { type Activation, decisionOf, type FlowFacts, gateOf, isTargetUnstarted } from './facts.ts';
import type { FlowEvent } from './flow-events.ts';
import type { FlowConnection } from './flow-graph.ts';
import { type Gate, nextGate } from './flow-state.ts';
import type { FlowStatus } from './flow-status.ts';
import { isBodySettled, type LoopStatus } from './loop-status.ts';

/**
 * Events that follow from the status and are not stored yet: the decision of an *else* connection, a gate to open, the end
 * of a loop or its next round. `canContinue`: the session is active, so that further rounds may start.
 */
export function pendingFlowEvents(
  facts: FlowFacts,
  status: FlowStatus,
  { canContinue }: { readonly canContinue: boolean },
): FlowEvent[] {
  return [
    ...facts.graph.connections.flatMap((connection) => [
      ...elseDecision(facts, status, connection),
      ...gateToOpen(facts, status, connection),
    ]),
    ...status.loops.flatMap((loop) => loopStep(facts, loop, canContinue)),
  ];
}

/** *Else* holds if none of the conditions of the same agent holds. */
function elseDecision(
  facts: FlowFacts,
  status: FlowStatus,
  connection: FlowConnection,
): FlowEvent[] {
  const state = status.connections.get(connection.id);
  const source = facts.activations.get(connection.source);
  if (connection.kind !== 'else' || state?.state !== 'pending') return [];
  if (source?.attempt == null || source.outcome?.kind !== 'completed') return [];
  if (decisionOf(facts.flow, connection.id, source) !== undefined) return [];
  const siblings = (facts.graph.outgoing.get(connection.source) ?? []).filter(
    ({ kind }) => kind === 'conditional',
  );
  const answers = siblings.map(({ id }) => decisionOf(facts.flow, id, source)?.holds ?? null);
  if (answers.includes(null)) return [];
  return [
    {
      type: 'ConnectionDecided',
      agentId: connection.source,
      attempt: source.attempt,
      round: source.round,
      connectionId: connection.id,
      holds: !answers.includes(true),
      by: 'else',
    },
  ];
}

function gateToOpen(facts: FlowFacts, status: FlowStatus, connection: FlowConnection): FlowEvent[] {
  const source = facts.activations.get(connection.source);
  if (status.connections.get(connection.id)?.state !== 'awaiting-approval') return [];
  if (source?.attempt == null || !isTargetUnstarted(facts, connection)) return [];
  if (gateOf(facts.flow, connection.id, source) !== undefined) return [];
  return [gateOpenedEvent(facts, { ...source, attempt: source.attempt }, connection.id)];
}

export function gateOpenedEvent(
  { flow }: Pick<FlowFacts, 'flow'>,
  { agentId, attempt, round }: Activation & { readonly attempt: number },
  connectionId: Gate['connectionId'],
): FlowEvent {
  const { id: gateId, number } = nextGate(flow, { connectionId, agentId });
  const gate = { type: 'GateOpened', agentId, attempt, round, gateId, number } as const;
  return connectionId === null ? gate : { ...gate, connectionId };
}

function loopStep(facts: FlowFacts, status: LoopStatus, canContinue: boolean): FlowEvent[] {
  const { loop, state, cause, reason } = status;
  const last = facts.activations.get(loop.source);
  if (last === undefined) return [];
  const about = { agentId: loop.source, connectionId: loop.id };
  if (state === 'continues') {
    if (!canContinue || !isBodySettled(facts, loop)) return [];
    const why = decisionOf(facts.flow, loop.id, last)?.reason ?? null;
    const opened = { type: 'RoundOpened', ...about, round: last.round + 1 } as const;
    return [why === null ? opened : { ...opened, reason: why }];
  }
  if (state !== 'ended' || cause === null) return [];
  const stored = facts.flow.loops.find(({ connectionId }) => connectionId === loop.id)?.ended;
  if (stored?.round === last.round && stored.cause === cause) return [];
  const ended = { type: 'LoopEnded', ...about, round: last.round, cause } as const;
  return [reason === null ? ended : { ...ended, reason }];
}
