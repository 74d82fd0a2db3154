import { z } from 'zod';
import { agentId, attempt, failureSchema, round, text, turnId } from '../events/event-parts.ts';
import { workflowSnapshotSchema } from '../events/workflow-snapshot.ts';

/** Loop & Enhance: rounds over a whole workflow. `round` counts these, not the rounds of an agent. */

/** Why an agent counts as not successful in a round. */
const reason = z.enum(['failed', 'cancelled', 'rejected', 'blocked', 'verdict']);

const roundFailureSchema = z.object({
  agentId,
  name: text,
  reason,
  /** Absent for an agent that had none in this round. */
  attempt: attempt.exactOptional(),
  failure: failureSchema,
  /** Its last message; of a long one the end. */
  output: text.exactOptional(),
  /** How many characters of its last message are left out. */
  omitted: z.int().positive().exactOptional(),
});

/** What was not good in a round: the planner works from this. */
export const roundReported = z.object({
  type: z.literal('RoundReported'),
  round,
  number: z.int().positive().describe('How often this round was reported by now'),
  failures: z.array(roundFailureSchema),
  /** Feedback from the user about the round. */
  feedback: z.array(text),
});

/** Edits as the planner named them. Their shape may change; what they lead to is `workflow`. */
const edit = z.looseObject({ kind: text });

export const editsProposed = z.object({
  type: z.literal('EditsProposed'),
  agentId,
  attempt,
  /** Whose message holds them. */
  turnId,
  round,
  summary: text,
  edits: z.array(edit),
  /** The workflow as it would be, complete. Absent: nothing useful was proposed. */
  workflow: workflowSnapshotSchema.exactOptional(),
  /** Why no useful edit was proposed. */
  fault: text.exactOptional(),
  /** Why a person has to approve them, whatever the settings say. */
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

/** The edits of the round before are in force, and everyone is due again. */
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
  number: z.int().positive().describe('How often feedback on this round was given by now'),
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
