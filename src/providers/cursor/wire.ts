import { z } from 'zod';
import type { AgentRecord, RunBranch, RunRecord, RunStatus } from '../port.ts';

/**
 * Cursor's objects as they come over the wire, checked once at the door. Unknown fields are ignored and
 * optional ones may be absent, null or of a shape that we do not need.
 */
const optionalText = z.string().optional().catch(undefined);

export const runStatusSchema = z.enum([
  'CREATING',
  'RUNNING',
  'FINISHED',
  'ERROR',
  'CANCELLED',
  'EXPIRED',
]) satisfies z.ZodType<RunStatus>;

const branchSchema = z.object({ repoUrl: z.string(), branch: optionalText, prUrl: optionalText });
const gitSchema = z
  .object({ branches: z.array(branchSchema) })
  .optional()
  .catch(undefined);
const failureSchema = z
  .object({ message: z.string(), code: optionalText })
  .optional()
  .catch(undefined);

export const runSchema = z.object({
  id: z.string().min(1),
  agentId: optionalText,
  status: runStatusSchema,
  result: optionalText,
  durationMs: z.number().optional().catch(undefined),
  git: gitSchema,
  error: failureSchema,
});
export const runListSchema = z.object({ items: z.array(runSchema), nextCursor: optionalText });

/** The stream's `result` frame says the same as a run, with other names. */
export const resultFrameSchema = z.object({
  status: runStatusSchema,
  text: optionalText,
  result: optionalText,
  durationMs: z.number().optional().catch(undefined),
  git: gitSchema,
  error: failureSchema,
});
export const statusFrameSchema = z.object({ status: runStatusSchema });
export const errorFrameSchema = z.object({ code: optionalText, message: optionalText });

export const agentSchema = z.object({
  id: z.string().min(1),
  name: optionalText,
  status: optionalText,
  url: optionalText,
  createdAt: optionalText,
  latestRunId: optionalText,
  metadata: z.record(z.string(), z.string()).optional().catch(undefined),
});
export const agentListSchema = z.object({ items: z.array(agentSchema), nextCursor: optionalText });

export const createAnswerSchema = z.object({ agent: agentSchema, run: runSchema });
export const followUpAnswerSchema = z.object({ run: runSchema });

export const artifactListSchema = z.object({
  items: z.array(z.object({ path: z.string(), sizeBytes: z.number(), updatedAt: optionalText })),
});
export const artifactLinkSchema = z.object({ url: z.url() });

const tokensSchema = z.object({
  inputTokens: z.number().catch(0),
  outputTokens: z.number().catch(0),
  cacheReadTokens: z.number().catch(0),
  cacheWriteTokens: z.number().catch(0),
  totalTokens: z.number().catch(0),
});
const costSchema = z.object({ chargedCents: z.number() }).optional().catch(undefined);
export const usageSchema = z.object({
  runs: z.array(z.object({ id: z.string(), usage: tokensSchema, cost: costSchema })),
});

export type WireRun = z.infer<typeof runSchema>;
export type WireAgent = z.infer<typeof agentSchema>;
type Ending = Omit<z.infer<typeof resultFrameSchema>, 'text'>;

export function toRunRecord(agentId: string, runId: string, run: Ending): RunRecord {
  return {
    agentId,
    runId,
    status: run.status,
    ...(run.result === undefined ? {} : { result: run.result }),
    ...(run.durationMs === undefined ? {} : { durationMs: run.durationMs }),
    branches: (run.git?.branches ?? []).map(toBranch),
    ...(run.error === undefined
      ? {}
      : { failure: { code: run.error.code ?? 'error', message: run.error.message } }),
  };
}

function toBranch(branch: z.infer<typeof branchSchema>): RunBranch {
  return {
    repoUrl: branch.repoUrl,
    ...(branch.branch === undefined ? {} : { branch: branch.branch }),
    ...(branch.prUrl === undefined ? {} : { prUrl: branch.prUrl }),
  };
}

export function toAgentRecord(agent: WireAgent, latestRun?: RunRecord): AgentRecord {
  return {
    agentId: agent.id,
    ...(agent.name === undefined ? {} : { name: agent.name }),
    ...(agent.url === undefined ? {} : { url: agent.url }),
    metadata: agent.metadata ?? {},
    ...(agent.createdAt === undefined ? {} : { createdAt: agent.createdAt }),
    archived: agent.status === 'ARCHIVED',
    ...(latestRun === undefined ? {} : { latestRun }),
  };
}
