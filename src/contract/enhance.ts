import { z } from '@hono/zod-openapi';
import { nonBlankText } from './non-blank-text.ts';

/** Loop & Enhance as clients see it: rounds over a whole workflow, and how it was edited between them. */

const instant = z.string().describe('ISO 8601, UTC');

const workflowDifferenceSchema = z
  .object({
    kind: z.enum(['added', 'removed', 'changed']),
    subject: z.enum(['workflow', 'agent', 'connection', 'repository']),
    id: z.string(),
    name: z.string(),
    fields: z.array(
      z.object({
        field: z.string(),
        before: z.string().nullable(),
        after: z.string().nullable(),
      }),
    ),
    approvalReasons: z
      .array(z.string())
      .default([])
      .describe('Why this part of proposed edits always needs approval'),
  })
  .openapi('WorkflowDifference');
export type WorkflowDifferenceView = z.infer<typeof workflowDifferenceSchema>;

const roundFailureSchema = z.object({
  agentId: z.string(),
  name: z.string(),
  reason: z.enum(['failed', 'cancelled', 'rejected', 'blocked', 'verdict']),
  message: z.string(),
});

const workflowRoundSchema = z.object({
  number: z.number(),
  openedAt: instant,
  summary: z
    .string()
    .nullable()
    .describe('What the planner changed before this round; null for the first'),
  changes: z.array(workflowDifferenceSchema),
  report: z
    .object({
      at: instant,
      failures: z.array(roundFailureSchema),
      feedback: z.array(z.string()),
    })
    .nullable()
    .describe('The failures of the round; null while it is in progress, and if it was good'),
});
export type WorkflowRoundView = z.infer<typeof workflowRoundSchema>;

export const enhanceViewSchema = z
  .object({
    round: z.number(),
    mostRounds: z.number(),
    state: z.enum(['at-work', 'report-due', 'planning', 'continues', 'ended']),
    cause: z
      .enum([
        'converged',
        'most-rounds',
        'budget',
        'no-useful-edit',
        'rejected',
        'cancelled',
        'failed',
      ])
      .nullable(),
    reason: z.string().nullable(),
    rounds: z.array(workflowRoundSchema),
    feedback: z.array(z.string()).describe('Given in this round'),
    proposal: z
      .object({
        summary: z.string(),
        changes: z.array(workflowDifferenceSchema),
        approvalReasons: z.array(z.string()).describe('Why the edits always need approval'),
        fault: z.string().nullable().describe('Why no useful edit was proposed'),
      })
      .nullable(),
    spent: z.object({
      tokens: z.number(),
      usd: z.number().nullable().describe('Null if no provider reports money'),
      unknownTurns: z.number(),
    }),
    budgetTokens: z.number().nullable(),
    budgetUsd: z.number(),
    canGiveFeedback: z.boolean(),
    isEdited: z.boolean().describe('The workflow was edited since the session started'),
  })
  .openapi('LoopAndEnhance');
export type EnhanceView = z.infer<typeof enhanceViewSchema>;

export const enhancedWorkflowQuerySchema = z.object({
  path: z
    .string()
    .min(1)
    .optional()
    .openapi({ description: 'Absolute path; by default the file that the session came from' }),
});

/** The edits of a session on top of a workflow file, ready to be saved there. */
export const enhancedWorkflowSchema = z
  .object({
    path: z.string().nullable().describe('Null if the session did not come from a file'),
    hash: z.string().nullable().describe('`expectedHash` for saving; null for a new file'),
    text: z.string(),
    changes: z.array(workflowDifferenceSchema).describe('Compared with the current file'),
    conflicts: z
      .array(
        workflowDifferenceSchema.pick({ subject: true, id: true, name: true }).extend({
          fields: z.array(z.string()).describe('Empty if the session removed the whole part'),
        }),
      )
      .default([])
      .describe(
        'Parts that the user changed in the file since the start, and saving would replace',
      ),
  })
  .openapi('EnhancedWorkflow');
export type EnhancedWorkflow = z.infer<typeof enhancedWorkflowSchema>;

export const feedbackBodySchema = z
  .object({
    text: nonBlankText,
    client: z.string().trim().min(1).max(40).default('api'),
  })
  .openapi('FeedbackRequest');
export type FeedbackBody = z.input<typeof feedbackBodySchema>;
