import { z } from '@hono/zod-openapi';
import { errorViewSchema } from './error-views.ts';
import { instant } from './instant.ts';
import { agentStatuses } from './statuses.ts';

/** One agent of a session as clients see it. */

/** Results may be as long as a book, and a list holds many of them. */
export const RESULT_LENGTH_IN_LISTS = 500;

const agentStatusSchema = z.enum(agentStatuses);
export type AgentStatus = z.infer<typeof agentStatusSchema>;

export const branchViewSchema = z.object({
  repoUrl: z.string(),
  branch: z.string().optional(),
  prUrl: z.string().optional(),
  commit: z.string().optional(),
});

export const artifactViewSchema = z
  .object({
    path: z.string().describe("Cursor's name for it; treat it as data only"),
    file: z
      .string()
      .nullable()
      .describe('Name of the local copy in `directory`; null if there is none'),
    sizeBytes: z.number(),
    sha256: z.string().nullable(),
    error: errorViewSchema.nullable(),
    attempt: z
      .number()
      .nullable()
      .optional()
      .describe('For an earlier file: the attempt that produced it'),
    turn: z
      .number()
      .nullable()
      .optional()
      .describe('For an earlier file: the turn that produced it, from 1'),
  })
  .openapi('Artifact');
export type ArtifactView = z.infer<typeof artifactViewSchema>;

export const usageViewSchema = z.object({
  state: z.enum(['known', 'pending', 'unavailable']),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  cacheReadTokens: z.number().nullable(),
  cacheWriteTokens: z.number().nullable(),
  reasoningTokens: z.number().nullable().default(null).describe('Contained in `outputTokens`'),
  totalTokens: z.number().nullable(),
  chargedCents: z.number().nullable(),
  costUsd: z.number().nullable().default(null).describe('As far as known; null if unknown'),
  costSources: z
    .array(z.enum(['reported', 'price-table']))
    .default([])
    .describe('Where the cost comes from'),
  pricesOf: z.string().nullable().default(null).describe('The date of the price table'),
});
export type UsageView = z.infer<typeof usageViewSchema>;

export const agentViewSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.string(),
    model: z
      .string()
      .nullable()
      .describe('The requested model; Cursor does not report the actual one'),
    modelParameters: z.record(z.string(), z.string()).nullable(),
    mode: z.enum(['agent', 'plan']),
    kind: z
      .enum(['agent', 'planner', 'removed'])
      .default('agent')
      .describe('`planner`: of Loop & Enhance. `removed`: no longer in the workflow'),
    wave: z.number().describe('From 1; 0 for agents that are in no wave'),
    attempt: z.number().describe('Counts over all rounds of the agent; 0 before the first launch'),
    attemptInRound: z
      .number()
      .default(1)
      .describe('Counts within the round of the agent; above 1 after a retry'),
    status: agentStatusSchema,
    /** The source of the status: `Cursor`, `Rehearsal`, `This machine` or `Cerevisor`; it is from `statusAt`. */
    statusSource: z.string(),
    statusAt: instant,
    statusDetail: z.string().nullable().describe('Why it is waiting, reconnecting or unknown'),
    round: z.number().default(1).describe('Of loops; counts from 1'),
    rounds: z.number().default(1).describe('Maximum number of rounds'),
    runtime: z.string().nullable().default(null).describe('The runtime, such as `cursor-cloud`'),
    provider: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .default(null)
      .describe('Id of the entry in the provider library; null in sessions of older versions'),
    threadId: z
      .string()
      .nullable()
      .default(null)
      .describe('The conversation of the attempt with its runtime'),
    turnId: z
      .string()
      .nullable()
      .default(null)
      .describe('The newest prompt and the work that followed'),
    cursorAgentId: z
      .string()
      .nullable()
      .describe("Same as `threadId` for agents on Cursor's cloud"),
    cursorRunId: z.string().nullable().describe("Same as `turnId` for agents on Cursor's cloud"),
    agentUrl: z.string().nullable(),
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    /** Over all turns of the attempt, measured by the service; null until it is known. */
    durationMs: z.number().nullable().exactOptional(),
    /** The times at which the attempt's turns were working, without the time between them. */
    work: z.array(z.object({ startedAt: instant, endedAt: instant.nullable() })).exactOptional(),
    folder: z
      .string()
      .nullable()
      .default(null)
      .describe('The folder that it works in on this machine'),
    branches: z.array(branchViewSchema),
    baseCommits: z.array(z.object({ repoUrl: z.string(), ref: z.string(), commit: z.string() })),
    prUrl: z.string().nullable(),
    artifacts: z.array(artifactViewSchema).describe('Of the latest attempt'),
    earlierArtifacts: z
      .array(artifactViewSchema)
      .describe('Files of earlier attempts and turns that are on this machine'),
    artifactsState: z.enum(['pending', 'offered', 'none', 'complete', 'incomplete', 'unavailable']),
    artifactsError: errorViewSchema.nullable().describe('Why some or all of them are missing'),
    result: z
      .string()
      .nullable()
      .describe(
        `The last message of the agent. Lists contain at most its first ${RESULT_LENGTH_IN_LISTS} characters`,
      ),
    resultLength: z
      .number()
      .nullable()
      .default(null)
      .describe('Length of the whole result, in UTF-16 code units; null without a result'),
    error: errorViewSchema.nullable(),
    usage: usageViewSchema.nullable(),
    canRetry: z.boolean(),
    canFollowUp: z.boolean(),
    /** Not present in views of older versions. */
    canCancel: z.boolean().default(false),
  })
  .openapi('Agent');
export type AgentView = z.infer<typeof agentViewSchema>;
