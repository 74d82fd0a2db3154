import type { FlowState, Gate } from './flow-state.ts';

/**
 * The approval of an attempt's proposal (a plan, or edits of the workflow). `due`: its current version was not submitted
 * to the user yet. `to-change`: the user requested changes, and the agent has not been told yet.
 */
export type ApprovalStatus = 'due' | 'asked' | 'to-change' | 'approved' | 'rejected';

/** `gate`: the newest gate of the proposal. */
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

/** Gates whose requested changes have not been sent to the agent yet. One turn handles all of them. */
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
