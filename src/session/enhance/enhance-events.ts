import { z } from 'zod';
import { agentId, attempt, failureSchema, round, text, turnId } from '../events/event-parts.ts';
import { workflowSnapshotSchema } from '../events/workflow-snapshot.ts';

/** Loop & Enhance: rounds of the whole workflow. `round` counts these, not the rounds of an agent. */

/** Why an agent was not successful in a round. */
const reason = z.enum(['failed', 'cancelled', 'rejected', 'blocked', 'verdict']);

const roundFailureSchema = z.object({
  agentId,
  name: text,
  reason,
  /** Absent if the agent had no attempt in this round. */
  attempt: attempt.exactOptional(),
  failure: failureSchema,
  /** The end of its last message. */
  output: text.exactOptional(),
  /** How many characters of its last message are omitted. */
  omitted: z.int().positive().exactOptional(),
});

/** The failures of a round, from which the planner works. */
export const roundReported = z.object({
  type: z.literal('RoundReported'),
  round,
  number: z.int().positive().describe('How often this round has been reported'),
  failures: z.array(roundFailureSchema),
  /** Feedback from the user about the round. */
  feedback: z.array(text),
});

/** An edit as the planner proposed it. Its shape may change; its result is in `workflow`. */
const edit = z.looseObject({ kind: text });

export const editsProposed = z.object({
  type: z.literal('EditsProposed'),
  agentId,
  attempt,
  /** The turn whose message contains them. */
  turnId,
  round,
  summary: text,
  edits: z.array(edit),
  /** The complete workflow after the edits. Absent if no useful edit was proposed. */
  workflow: workflowSnapshotSchema.exactOptional(),
  /** Why no useful edit was proposed. */
  fault: text.exactOptional(),
  /** Why the user has to approve them even if the settings do not require it. */
  approvalReasons: z.array(text),
  /** Which part of the workflow each of them is about. Absent in older journals. */
  approvalParts: z
    .array(
      z
        .object({
          subject: z.enum(['workflow', 'agent', 'connection', 'repository']),
          id: text,
        })
        .nullable(),
    )
    .exactOptional(),
});

/** The approved edits take effect, and all agents start their next round. */
export const workflowRoundOpened = z.object({
  type: z.literal('WorkflowRoundOpened'),
  round,
});

export const enhancementEnded = z.object({
  type: z.literal('EnhancementEnded'),
  round,
  cause: z.enum([
    'converged',
    'most-rounds',
    'budget',
    'no-useful-edit',
    'rejected',
    'cancelled',
    'failed',
  ]),
  reason: text.exactOptional(),
});

export const feedbackGiven = z.object({
  type: z.literal('FeedbackGiven'),
  round,
  number: z.int().positive().describe('How often feedback on this round has been given'),
  text,
  by: text.describe('The client in which it was given'),
});

export type EnhanceEvent =
  | z.infer<typeof roundReported>
  | z.infer<typeof editsProposed>
  | z.infer<typeof workflowRoundOpened>
  | z.infer<typeof enhancementEnded>
  | z.infer<typeof feedbackGiven>;
export type EnhanceEventOf<Type extends EnhanceEvent['type']> = Extract<
  EnhanceEvent,
  { type: Type }
>;
export type RoundFailure = z.infer<typeof roundFailureSchema>;
