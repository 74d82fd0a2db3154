import type { AgentId, ConnectionId } from '../../workflow/ids.ts';

/** What was decided in a session about the ways that it goes: part of its state, made from events (`evolve-flow.ts`). */
export type FlowState = {
  /** The newest of each connection. */
  readonly decisions: readonly Decision[];
  /** The newest of each connection or plan. */
  readonly gates: readonly Gate[];
  /** Loops that have continued to another round, or have ended. */
  readonly loops: readonly LoopProgress[];
};

export type DecidedBy = 'agent' | 'expression' | 'else' | 'person';

/** Whether a condition holds. It counts for the attempt whose work it was decided on, and for no later one. */
export type Decision = {
  readonly connectionId: ConnectionId;
  readonly round: number;
  readonly attempt: number;
  /** Null: it could not be told, also after a question; a person decides. */
  readonly holds: boolean | null;
  readonly reason: string | null;
  readonly by: DecidedBy | null;
  readonly at: number;
};

export type GateAnswer = 'approve' | 'reject' | 'changes';

/** A question to a person: about what an agent hands on, or about its plan. */
export type Gate = {
  /** Another one each time that it opens, so that an answer to an older question is never taken for one to this. */
  readonly id: string;
  /** How often it has opened by now. */
  readonly number: number;
  /** Null: the agent's plan. */
  readonly connectionId: ConnectionId | null;
  /** Whose work is to be approved. */
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
  /** The changes that were asked for were sent to the agent: what it says next opens the gate again. */
  readonly isSentBack: boolean;
};

export type LoopEndCause =
  | 'condition-met'
  | 'most-rounds'
  | 'cancelled'
  | 'failed'
  /** A person rejected what an agent of its body was to continue with. */
  | 'rejected'
  /** No connection that was taken led to its last agent. */
  | 'not-reached';

export type LoopProgress = {
  readonly connectionId: ConnectionId;
  /** From 1; it begins again with each round of a loop around this one. */
  readonly round: number;
  readonly ended: null | {
    readonly cause: LoopEndCause;
    /** The round of its last agent. */
    readonly round: number;
    readonly reason: string | null;
    readonly at: number;
  };
};

export const emptyFlow: FlowState = { decisions: [], gates: [], loops: [] };

export function loopRound(flow: FlowState, id: ConnectionId): number {
  return flow.loops.find(({ connectionId }) => connectionId === id)?.round ?? 1;
}

/** What every gate about the same thing has in common. */
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

/** The gate is to be opened for the next time. */
export function nextGate(
  flow: FlowState,
  subject: Pick<Gate, 'connectionId' | 'agentId'>,
): Pick<Gate, 'id' | 'number'> {
  const number = (newestGate(flow, subject)?.number ?? 0) + 1;
  return { id: `${gateSubject(subject)}#${number}`, number };
}
