import type { AgentId, ConnectionId } from '../../workflow/ids.ts';
import type { FlowConnection, FlowGraph } from './flow-graph.ts';
import type { Decision, FlowState, Gate } from './flow-state.ts';

/** Everything that determines the status of a session's connections. */
export type FlowFacts = {
  readonly graph: FlowGraph;
  readonly activations: ReadonlyMap<AgentId, Activation>;
  readonly flow: FlowState;
  readonly isCancelRequested: boolean;
};

/** One activation of an agent, and its outcome. */
export type Activation = {
  readonly agentId: AgentId;
  /** From 1. */
  readonly round: number;
  /** The newest attempt of this round; null before the first one. */
  readonly attempt: number | null;
  /** Null until it settles. */
  readonly outcome: ActivationOutcome | null;
};

export type ActivationOutcome =
  | { readonly kind: 'completed' | 'failed' | 'cancelled' | 'not-taken' }
  | { readonly kind: 'blocked'; readonly by: Block };

/** What blocks an agent: an upstream agent that was not successful, or a rejected approval. */
export type Block = {
  readonly kind: 'failed' | 'cancelled' | 'rejected';
  /** The agent to retry, or whose work was rejected. */
  readonly agentId: AgentId;
  /** The connection of the gate, if the work was rejected. */
  readonly connectionId: ConnectionId | null;
  readonly note: string | null;
};

export function blockBy(agentId: AgentId, kind: 'failed' | 'cancelled'): Block {
  return { kind, agentId, connectionId: null, note: null };
}

/** The decision about the work of this activation. Decisions about earlier attempts no longer count. */
export function decisionOf(
  flow: FlowState,
  id: ConnectionId,
  { attempt }: Pick<Activation, 'attempt'>,
): Decision | undefined {
  return flow.decisions.find((one) => one.connectionId === id && one.attempt === attempt);
}

/** The gate of this activation's work, unless the work has been changed since it opened. */
export function gateOf(
  flow: FlowState,
  id: ConnectionId,
  { attempt }: Pick<Activation, 'attempt'>,
): Gate | undefined {
  return flow.gates.find(
    (gate) => gate.connectionId === id && gate.attempt === attempt && !gate.isSentBack,
  );
}

/** The target of the connection has neither started nor settled. */
export function isTargetUnstarted(
  { activations }: Pick<FlowFacts, 'activations'>,
  { target }: Pick<FlowConnection, 'target'>,
): boolean {
  const activation = activations.get(target);
  return activation !== undefined && activation.outcome === null && activation.attempt === null;
}
