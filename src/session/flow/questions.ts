import type { AgentId, ConnectionId } from '../../workflow/ids.ts';
import { PLANNER_ID } from '../../workflow/planner.ts';
import { decisionOf, type FlowFacts } from './facts.ts';
import type { FlowConnection } from './flow-graph.ts';
import type { Gate } from './flow-state.ts';
import type { FlowStatus } from './flow-status.ts';

/** A question that the user has to answer before the session can continue. */
export type Question =
  | { readonly kind: 'gate'; readonly gate: Gate }
  | { readonly kind: 'plan'; readonly gate: Gate }
  /** Whether the planner's edits take effect in the next round. */
  | { readonly kind: 'edits'; readonly gate: Gate }
  /** It is unclear whether a condition, the exit condition of a loop, or a verdict holds. */
  | {
      readonly kind: 'condition';
      readonly connectionId: ConnectionId;
      /** The agent that should have decided it. */
      readonly agentId: AgentId;
      readonly round: number;
      readonly attempt: number;
      readonly reason: string | null;
      readonly at: number;
    };

/** The open questions: plans first, then connections in document order. */
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

/** An agent waits for this condition, behind the connection itself or behind the *else* branch of its source. */
function isNeeded(facts: FlowFacts, status: FlowStatus, connection: FlowConnection): boolean {
  if (connection.kind !== 'conditional') return false;
  const elseBranches = (facts.graph.outgoing.get(connection.source) ?? []).filter(
    ({ kind }) => kind === 'else',
  );
  return [connection, ...elseBranches].some(({ id, target }) => {
    const state = status.connections.get(id);
    const isPending =
      state?.state === 'pending' && (state.waitsFor === 'unclear' || state.waitsFor === 'decision');
    return isPending && isTargetUnsettled(facts, target);
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
