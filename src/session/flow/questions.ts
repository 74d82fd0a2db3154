import type { AgentId, ConnectionId } from '../../workflow/ids.ts';
import { PLANNER_ID } from '../../workflow/planner.ts';
import { decisionOf, type FlowFacts } from './facts.ts';
import type { FlowConnection } from './flow-graph.ts';
import type { Gate } from './flow-state.ts';
import type { FlowStatus } from './flow-status.ts';

/** What a person is asked before the session can continue. */
export type Question =
  | { readonly kind: 'gate'; readonly gate: Gate }
  | { readonly kind: 'plan'; readonly gate: Gate }
  /** Whether the edits that the planner proposes are to be in force in the next round. */
  | { readonly kind: 'edits'; readonly gate: Gate }
  /** Nobody could tell whether the condition of a connection, the exit condition of a loop, or a verdict holds. */
  | {
      readonly kind: 'condition';
      readonly connectionId: ConnectionId;
      /** Who was to decide it. */
      readonly agentId: AgentId;
      readonly round: number;
      readonly attempt: number;
      readonly reason: string | null;
      readonly at: number;
    };

/** In the order of the document; plans come first. */
export function openQuestions(facts: FlowFacts, status: FlowStatus): Question[] {
  const { flow, graph } = facts;
  const plans = flow.gates.flatMap((gate): Question[] =>
    isOpenPlan(facts, gate) ? [{ kind: gate.agentId === PLANNER_ID ? 'edits' : 'plan', gate }] : [],
  );
  const gates = graph.connections.flatMap(({ id, target }): Question[] => {
    const gate = flow.gates.find(({ connectionId }) => connectionId === id);
    const isOpen = status.connections.get(id)?.state === 'awaiting-approval';
    return gate?.answer === null && !gate.isSentBack && isOpen && isTargetUnsettled(facts, target)
      ? [{ kind: 'gate', gate }]
      : [];
  });
  const unclear = [
    ...graph.connections.filter((connection) => isNeeded(facts, status, connection)),
    ...status.loops.filter(({ state }) => state === 'unclear').map(({ loop }) => loop),
  ];
  const conditions = unclear.flatMap(({ id, source }) => unclearCondition(facts, id, source));
  return [...plans, ...gates, ...conditions];
}

function isTargetUnsettled({ activations }: FlowFacts, target: AgentId): boolean {
  return activations.get(target)?.outcome === null;
}

function isOpenPlan({ activations }: FlowFacts, gate: Gate): boolean {
  const activation = activations.get(gate.agentId);
  return (
    gate.connectionId === null &&
    gate.answer === null &&
    activation?.outcome === null &&
    activation.attempt === gate.attempt
  );
}

/** Someone waits for what it leads to: behind the connection itself, or behind the *else* next to it. */
function isNeeded(facts: FlowFacts, status: FlowStatus, connection: FlowConnection): boolean {
  if (connection.kind !== 'conditional') return false;
  const beside = (facts.graph.outgoing.get(connection.source) ?? []).filter(
    ({ kind }) => kind === 'else',
  );
  return [connection, ...beside].some(({ id, target }) => {
    const state = status.connections.get(id);
    const isHeldBack =
      state?.state === 'pending' && (state.waitsFor === 'unclear' || state.waitsFor === 'decision');
    return isHeldBack && isTargetUnsettled(facts, target);
  });
}

function unclearCondition(
  { flow, activations }: FlowFacts,
  connectionId: ConnectionId,
  agentId: AgentId,
): Question[] {
  const decision = decisionOf(flow, connectionId, activations.get(agentId) ?? { attempt: null });
  if (decision === undefined || decision.holds !== null) return [];
  const { round, attempt, reason, at } = decision;
  return [{ kind: 'condition', connectionId, agentId, round, attempt, reason, at }];
}
