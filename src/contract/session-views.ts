import { z } from '@hono/zod-openapi';
import { agentViewSchema, branchViewSchema, usageViewSchema } from './agent-views.ts';
import { enhanceViewSchema } from './enhance.ts';
import { errorViewSchema } from './error-views.ts';
import {
  connectionViewSchema,
  loopViewSchema,
  planViewSchema,
  roundViewSchema,
} from './flow-views.ts';
import { instant } from './instant.ts';
import { toolRequestViewSchema } from './permissions.ts';
import { sessionStatuses } from './statuses.ts';

/** Sessions as clients see them. Numbers of the journal (`seq`, `position`) never change. */

export const sessionStatusSchema = z.enum(sessionStatuses);
export type SessionStatus = z.infer<typeof sessionStatusSchema>;

const budgetViewSchema = z.object({
  usd: z.number().nullable().describe('Null: no limit'),
  tokens: z.number().nullable(),
  spentUsd: z.number().nullable().describe('Null if no cost is known'),
  spentTokens: z.number(),
  isExceeded: z.boolean().describe('Nothing new starts until it is raised'),
});
export type BudgetView = z.infer<typeof budgetViewSchema>;

const questionViewSchema = z
  .object({
    id: z
      .string()
      .describe('Identifies the question in an answer; new each time the question is asked'),
    kind: z.enum(['gate', 'plan', 'edits', 'condition']),
    connectionId: z.string().nullable().describe('Null for a plan and for edits'),
    agentId: z.string().describe('The agent whose work or plan it is about'),
    targetAgentId: z.string().nullable().describe('The agent that waits for the answer'),
    attempt: z.number(),
    round: z.number(),
    /** The question in words: the approval prompt, or the condition. */
    prompt: z.string().nullable(),
    /** Why the agent could not tell, for a condition. */
    reason: z.string().nullable(),
    work: z
      .string()
      .nullable()
      .default(null)
      .describe(
        'What the agent said about its work, without its decisions; shortened if it is long. Null for plans and edits',
      ),
    askedAt: instant,
  })
  .openapi('Question', {
    description:
      'The possible answers: approve or reject (for a condition: it holds, or it does not), and for gates and plans `changes`.',
  });
export type QuestionView = z.infer<typeof questionViewSchema>;

export const sessionViewSchema = z
  .object({
    id: z.string(),
    workflow: z.object({ id: z.string(), name: z.string(), path: z.string().nullable() }),
    mode: z.enum(['cloud', 'local']),
    folder: z
      .string()
      .nullable()
      .default(null)
      .describe('The folder that agents on this machine work on; null if there are none'),
    backend: z.enum(['cursor', 'rehearsal']),
    status: sessionStatusSchema,
    isQueued: z
      .boolean()
      .default(false)
      .describe(
        'True if it is `running` but no agent is at work, because all wait for a free slot',
      ),
    statusDetail: z
      .string()
      .nullable()
      .optional()
      .describe(
        'Why it has not ended, although all agents have settled, or why its progress cannot be recorded',
      ),
    /** Why it needs a person, when `status` is `waiting`. */
    needsYou: errorViewSchema.nullable(),
    /** What a person is asked now; the session continues when it is answered. */
    questions: z.array(questionViewSchema).default([]),
    /** Tool calls that wait to be allowed or denied. */
    requests: z.array(toolRequestViewSchema).default([]),
    startedAt: instant,
    endedAt: instant.nullable(),
    /** How long any agent was at work until now, or until `since`, when the work that continues began. */
    work: z.object({ workedMs: z.number(), since: instant.nullable() }).exactOptional(),
    resumable: z.boolean().describe('Whether Reconnect can change anything'),
    isDismissed: z.boolean(),
    autoCreatePr: z.boolean(),
    repositories: z.array(
      z.object({
        url: z.string(),
        startingRef: z.string().optional(),
        prUrl: z.string().optional(),
      }),
    ),
    /** Rounds over the whole workflow; null if there is only one. */
    workflowRound: z.object({ number: z.number(), most: z.number() }).nullable().default(null),
    /** What the session may use; null if it has no limit. */
    budget: budgetViewSchema.nullable().default(null),
    waveCount: z.number(),
    lastSeq: z.number(),
    agents: z.array(agentViewSchema),
  })
  .openapi('Session');
export type SessionView = z.infer<typeof sessionViewSchema>;

const handoffViewSchema = z.object({
  connectionId: z.string(),
  sourceAgentId: z.string(),
  targetAgentId: z.string(),
  format: z.string(),
  content: z.string(),
  artifacts: z.array(z.object({ path: z.string(), sizeBytes: z.number() })),
  outputFiles: z.array(z.string()),
  branches: z.array(branchViewSchema),
});

/**
 * One session in full, with connections, hand-offs, prompts and cost. Cursor bills by subscription: `costUsd` is 0. Of
 * other providers it is what is known, and null while nothing is.
 */
export const sessionDetailSchema = sessionViewSchema
  .extend({
    input: z.string().nullable(),
    costUsd: z.number().nullable(),
    costNote: z.string(),
    usage: usageViewSchema,
    connections: z.array(connectionViewSchema),
    loops: z.array(loopViewSchema).default([]),
    plans: z
      .array(planViewSchema)
      .default([])
      .describe('The newest one of each agent that plans first'),
    rounds: z
      .array(roundViewSchema)
      .default([])
      .describe('The rounds of every agent that a loop repeats, oldest first'),
    enhance: enhanceViewSchema.nullable().default(null),
    handoffs: z.array(handoffViewSchema),
    prompts: z.array(z.object({ agentId: z.string(), attempt: z.number(), prompt: z.string() })),
    artifactsDirectory: z.string(),
  })
  .openapi('SessionDetail');
export type SessionDetail = z.infer<typeof sessionDetailSchema>;
