import type { FlowState, Gate } from './flow-state.ts';

/**
 * Where what an attempt proposes, its plan or edits of the workflow, is with its approval. `due`: nobody was asked about
 * it as it is now. `to-change`: changes were asked for, and the agent was not told yet.
 */
export type ApprovalStatus = 'due' | 'asked' | 'to-change' | 'approved' | 'rejected';

/** `gate`: the newest one about what the agent proposes. */
export function approvalStatus(gate: Gate | undefined, attempt: number): ApprovalStatus {
  if (gate?.attempt !== attempt) return 'due';
  if (gate.answer === null) return 'asked';
  switch (gate.answer.kind) {
    case 'changes':
      return gate.isSentBack ? 'due' : 'to-change';
    case 'approve':
      return 'approved';
    case 'reject':
      return 'rejected';
    default:
      return gate.answer.kind satisfies never;
  }
}

/** Gates at which changes of an agent's work were asked for that it was not told of yet: one turn answers all of them. */
export function unsentChanges(
  { gates }: FlowState,
  { agentId, attempt }: Pick<Gate, 'agentId' | 'attempt'>,
): readonly Gate[] {
  return gates.filter(
    (gate) =>
      gate.connectionId !== null &&
      gate.agentId === agentId &&
      gate.attempt === attempt &&
      gate.answer?.kind === 'changes' &&
      !gate.isSentBack,
  );
}
