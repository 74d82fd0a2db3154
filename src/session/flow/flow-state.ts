import type { AgentId, ConnectionId } from '../../workflow/ids.ts';

/** Decisions, gates and loops of a session: the part of its state that `evolve-flow.ts` folds. */
export type FlowState = {
  /** The newest decision of each connection. */
  readonly decisions: readonly Decision[];
  /** The newest gate of each connection or plan. */
  readonly gates: readonly Gate[];
  /** Loops that have started another round or have ended. */
  readonly loops: readonly LoopProgress[];
};

export type DecidedBy = 'agent' | 'expression' | 'else' | 'person';

/** Whether a condition holds. Valid only for the attempt whose work it was decided on. */
export type Decision = {
  readonly connectionId: ConnectionId;
  readonly round: number;
  readonly attempt: number;
  /** Null: still unclear after the agent was asked again, so the user decides. */
  readonly holds: boolean | null;
  readonly reason: string | null;
  readonly by: DecidedBy | null;
  readonly at: number;
};

export type GateAnswer = 'approve' | 'reject' | 'changes';

/** A request for the user's approval of an agent's work or plan. */
export type Gate = {
  /** A new id each time the gate opens, so that an answer to an earlier question cannot apply to this one. */
  readonly id: string;
  /** How often it has been opened. */
  readonly number: number;
  /** Null for an agent's plan. */
  readonly connectionId: ConnectionId | null;
  /** The agent whose work is to be approved. */
  readonly agentId: AgentId;
  readonly round: number;
  readonly attempt: number;
  readonly openedAt: number;
  readonly answer: null | {
    readonly kind: GateAnswer;
    readonly note: string | null;
    readonly by: string;
    readonly at: number;
  };
  /** The requested changes were sent to the agent; its next work opens the gate again. */
  readonly isSentBack: boolean;
};

export type LoopEndCause =
  | 'condition-met'
  | 'most-rounds'
  | 'cancelled'
  | 'failed'
  /** The user rejected work that an agent of the body depends on. */
  | 'rejected'
  /** No connection to its last agent was taken. */
  | 'not-reached';

export type LoopProgress = {
  readonly connectionId: ConnectionId;
  /** From 1. Restarts in each round of an outer loop. */
  readonly round: number;
  readonly ended: null | {
    readonly cause: LoopEndCause;
    /** The round of the last agent of the body. */
    readonly round: number;
    readonly reason: string | null;
    readonly at: number;
  };
};

export const emptyFlow: FlowState = { decisions: [], gates: [], loops: [] };

export function loopRound(flow: FlowState, id: ConnectionId): number {
  return flow.loops.find(({ connectionId }) => connectionId === id)?.round ?? 1;
}

/** Identifies what a gate is about: a connection, or the plan of an agent. */
export function gateSubject({
  connectionId,
  agentId,
}: Pick<Gate, 'connectionId' | 'agentId'>): string {
  return connectionId ?? `plan:${agentId}`;
}

export function newestGate(
  flow: FlowState,
  subject: Pick<Gate, 'connectionId' | 'agentId'>,
): Gate | undefined {
  return flow.gates.find((gate) => gateSubject(gate) === gateSubject(subject));
}

/** Id and number of the next gate about the same subject. */
export function nextGate(
  flow: FlowState,
  subject: Pick<Gate, 'connectionId' | 'agentId'>,
): Pick<Gate, 'id' | 'number'> {
  const number = (newestGate(flow, subject)?.number ?? 0) + 1;
  return { id: `${gateSubject(subject)}#${number}`, number };
}
