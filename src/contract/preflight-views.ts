import { z } from '@hono/zod-openapi';
import { problemSchema } from './error-views.ts';

/* What a run would do, and what prevents it. */

const enforcementSchema = z.enum(['allowed', 'asked', 'denied', 'sandboxed', 'not-held-back']);
export type Enforcement = z.infer<typeof enforcementSchema>;

const localSummarySchema = z.object({
  folder: z.string(),
  folderSource: z
    .enum(['request', 'workflow', 'workflow-file', 'current-folder', 'sample'])
    .describe('Where the choice of the folder comes from'),
  branch: z.string().nullable(),
  uncommittedFiles: z.number(),
  carriesUncommitted: z
    .boolean()
    .describe('Agents start from the folder with its uncommitted changes'),
  isolation: z.enum(['worktree', 'in-place']),
  agentsAtOnce: z.number().default(1).describe('At most, on this machine'),
  waitingAgents: z
    .number()
    .default(0)
    .describe('At most, further agents whose processes wait for a permission meanwhile'),
  memoryBytes: z.number().default(0).describe('What they use together, as measured; 0 if unknown'),
  setup: z.array(z.string()),
  copy: z.array(z.string()),
  sandbox: z.boolean(),
  enforcement: z
    .array(z.string())
    .describe('One sentence for each permission about what is enforced'),
  permissions: z
    .array(
      z.object({
        agentId: z.string(),
        name: z.string(),
        asks: z
          .boolean()
          .describe('Whether it asks before each call; other agents are restricted as a whole'),
        filesystemWrite: enforcementSchema,
        execution: enforcementSchema,
        network: enforcementSchema,
        mcp: enforcementSchema,
      }),
    )
    .default([])
    .describe('What is enforced for each agent on this machine'),
  permissionRules: z.number().default(0).describe('Number of pattern rules in the workflow'),
  pushTo: z.string().nullable().describe('Where branches are pushed for agents in the cloud'),
});
export type LocalSummary = z.infer<typeof localSummarySchema>;

export const confirmationKindSchema = z.enum([
  'auto-create-pr-enable',
  'auto-create-pr-fire',
  'work-on-current-branch',
  'pass-variables',
  'trust-workflow',
  'run-without-sandbox',
  'push-local-branches',
]);

export const preflightViewSchema = z
  .object({
    canStart: z.boolean(),
    problems: z.array(problemSchema),
    summary: z
      .object({
        agents: z.number(),
        waves: z.array(
          z.array(
            z.object({
              id: z.string(),
              name: z.string(),
              mode: z.enum(['cloud', 'local']),
              activations: z.number().default(1).describe('Maximum, including loops'),
              provider: z.object({ id: z.string(), name: z.string() }).nullable().default(null),
              model: z.string().nullable().default(null).describe("Null: the provider's own"),
            }),
          ),
        ),
        activations: z
          .number()
          .exactOptional()
          .describe('Maximum number of times that agents are activated: loops repeat them'),
        flow: z
          .object({
            loops: z.number(),
            conditions: z.number(),
            gates: z.number(),
            plans: z.number(),
            workflowRounds: z.number().default(1).describe('Of Loop & Enhance'),
          })
          .exactOptional()
          .describe('What controls the flow of the session'),
        mode: z.enum(['cloud', 'local']),
        repositories: z.array(
          z.object({
            url: z.string(),
            startingRef: z.string().optional(),
            prUrl: z.string().optional(),
          }),
        ),
        pullRequests: z.number().describe('Maximum number of pull requests'),
        maxConcurrentAgents: z.number(),
        budget: z
          .object({ usd: z.number().nullable(), tokens: z.number().nullable() })
          .nullable()
          .exactOptional()
          .describe('Limits of the whole session; null if it has none'),
        costUsd: z.number(),
        costNote: z.string(),
        limitations: z.array(z.string()),
        local: localSummarySchema.nullable(),
      })
      .nullable(),
    /** What has to be confirmed before it can start. */
    confirmations: z.array(
      z.object({
        kind: confirmationKindSchema,
        message: z.string(),
        content: z
          .string()
          .optional()
          .describe('The exact content of the question; send it back as `confirmedContent`'),
      }),
    ),
  })
  .openapi('Preflight');
export type PreflightView = z.infer<typeof preflightViewSchema>;
