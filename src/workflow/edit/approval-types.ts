import type { WorkflowDifference } from './differences.ts';

/** Why edits need approval, in one sentence. */
export type ApprovalReason = {
  readonly text: string;
  /** The part of the workflow that it is about; null if it is about no single one. */
  readonly part: Pick<WorkflowDifference, 'subject' | 'id'> | null;
};

/** Agents that a round is about: to remove one of them would hide what it was to fix. */
export type ProtectedAgents = {
  readonly failed: ReadonlySet<string>;
  readonly verifiers: ReadonlySet<string>;
};

export const aboutAgent = (id: string, text: string): ApprovalReason => ({
  text,
  part: { subject: 'agent', id },
});

export const aboutConnection = (id: string, text: string): ApprovalReason => ({
  text,
  part: { subject: 'connection', id },
});
