import type { AgentId, ConnectionId } from '../../workflow/ids.ts';
import type { FlowConnection, FlowGraph } from './flow-graph.ts';
import type { Decision, FlowState, Gate } from './flow-state.ts';

/** Everything that the status of the connections follows from. */
export type FlowFacts = {
  readonly graph: FlowGraph;
  readonly activations: ReadonlyMap<AgentId, Activation>;
  readonly flow: FlowState;
  readonly isCancelRequested: boolean;
};

/** One time that an agent is due in a session, and what became of it. */
export type Activation = {
  readonly agentId: AgentId;
  /** From 1. */
  readonly round: number;
  /** The newest attempt of this round; null before the first. */
  readonly attempt: number | null;
  /** Null while it is not settled. */
  readonly outcome: ActivationOutcome | null;
};

export type ActivationOutcome =
  | { readonly kind: 'completed' | 'failed' | 'cancelled' | 'not-taken' }
  | { readonly kind: 'blocked'; readonly by: Block };

/** Why something cannot continue: an agent that was not successful, or an approval that was refused. */
export type Block = {
  readonly kind: 'failed' | 'cancelled' | 'rejected';
  /** The agent to retry, or the one whose work was rejected. */
  readonly agentId: AgentId;
  /** The gate that was answered. */
  readonly connectionId: ConnectionId | null;
  readonly note: string | null;
};

export function blockBy(agentId: AgentId, kind: 'failed' | 'cancelled'): Block {
  return { kind, agentId, connectionId: null, note: null };
}

/** What was decided on the work of this activation; what an earlier attempt led to counts no more. */
export function decisionOf(
  flow: FlowState,
  id: ConnectionId,
  { attempt }: Pick<Activation, 'attempt'>,
): Decision | undefined {
  return flow.decisions.find((one) => one.connectionId === id && one.attempt === attempt);
}

/** The gate on what this activation hands on, if it was opened for the newest that it must say. */
export function gateOf(
  flow: FlowState,
  id: ConnectionId,
  { attempt }: Pick<Activation, 'attempt'>,
): Gate | undefined {
  return flow.gates.find(
    (gate) => gate.connectionId === id && gate.attempt === attempt && !gate.isSentBack,
  );
}

/** Whoever waits behind a connection has not been settled otherwise meanwhile. */
export function isTargetUnstarted(
  { activations }: Pick<FlowFacts, 'activations'>,
  { target }: Pick<FlowConnection, 'target'>,
): boolean {
  const activation = activations.get(target);
  return activation !== undefined && activation.outcome === null && activation.attempt === null;
}
