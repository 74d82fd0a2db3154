import { z } from 'zod';
import type { ThreadRecord, TurnBranch, TurnRecord, TurnStatus } from '../turn-records.ts';
import {
  artifactPath,
  branchName,
  codeName,
  idName,
  pageUrl,
  readableItems,
  repositoryName,
  shownName,
} from './untrusted-names.ts';

/**
 * Schemas of Cursor's objects. Unknown fields are ignored, and optional ones may be absent, null or of an unexpected type.
 */
const optionalText = z.string().optional().catch(undefined);
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);

export const runStatusSchema = z.enum([
  'CREATING',
  'RUNNING',
  'FINISHED',
  'ERROR',
  'CANCELLED',
  'EXPIRED',
]) satisfies z.ZodType<TurnStatus>;

/** Far more than the repositories that a run may have. */
const MAX_BRANCHES = 1_000;

/** Drops a branch or page with an invalid name; `isPartial` reports that. */
const branchSchema = z
  .object({
    repoUrl: repositoryName,
    branch: z.unknown().optional(),
    prUrl: z.unknown().optional(),
  })
  .transform(({ repoUrl, ...input }) => {
    const branch = branchName.safeParse(input.branch).data;
    const prUrl = pageUrl.safeParse(input.prUrl).data;
    const isPartial =
      (input.branch != null && branch === undefined) ||
      (input.prUrl != null && prUrl === undefined);
    return { repoUrl, branch, prUrl, isPartial };
  });
/** A value that is not a list counts as one unusable item; a missing value as an empty list. */
const itemsOf = (input: unknown): readonly unknown[] => {
  if (input === undefined || input === null) return [];
  return Array.isArray(input) ? input : [null];
};
function branchesIn(input: unknown) {
  const items = itemsOf(input);
  const branches = items
    .slice(0, MAX_BRANCHES)
    .flatMap((item) => branchSchema.safeParse(item).data ?? []);
  const unusable = items.length - branches.filter(({ isPartial }) => !isPartial).length;
  return { branches, unusable };
}
const gitSchema = z
  .unknown()
  .optional()
  .transform((git) => {
    const isObject = typeof git === 'object' && git !== null;
    return {
      branches: branchesIn(isObject && 'branches' in git ? git.branches : isObject ? [] : git),
    };
  });
const failureSchema = z
  .object({
    message: z.string().transform((text) => text.slice(0, 2_000)),
    code: optional(codeName),
  })
  .optional()
  .catch(undefined);

export const runSchema = z.object({
  id: idName,
  agentId: optionalText,
  status: runStatusSchema,
  result: optionalText,
  durationMs: optional(z.number().min(0)),
  git: gitSchema,
  error: failureSchema,
});
export const runListSchema = z.object({
  items: readableItems(runSchema),
  nextCursor: optionalText,
});

/** The stream's `result` frame has the same content as a run, with other names. */
export const resultFrameSchema = z.object({
  status: runStatusSchema,
  text: optionalText,
  result: optionalText,
  durationMs: optional(z.number().min(0)),
  git: gitSchema,
  error: failureSchema,
});
export const statusFrameSchema = z.object({ status: runStatusSchema });
export const errorFrameSchema = z.object({ code: optional(codeName), message: optionalText });

export const agentSchema = z.object({
  id: idName,
  name: optional(shownName),
  status: optionalText,
  url: optional(pageUrl),
  createdAt: optional(z.iso.datetime({ offset: true })),
  latestRunId: optional(idName),
  metadata: z.record(z.string(), z.string()).optional().catch(undefined),
});
export const agentListSchema = z.object({
  items: readableItems(agentSchema),
  nextCursor: optionalText,
});

export const createResponseSchema = z.object({ agent: agentSchema, run: runSchema });
export const followUpResponseSchema = z.object({ run: runSchema });

export const artifactListSchema = z.object({
  items: readableItems(
    z.object({ path: artifactPath, sizeBytes: z.number().min(0), updatedAt: optional(shownName) }),
  ),
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
  runs: readableItems(z.object({ id: idName, usage: tokensSchema, cost: costSchema })),
});

export type WireAgent = z.infer<typeof agentSchema>;
type Ending = Omit<z.infer<typeof resultFrameSchema>, 'text'>;

export function toTurnRecord(threadId: string, turnId: string, run: Ending): TurnRecord {
  return {
    threadId,
    turnId,
    status: run.status,
    ...(run.result === undefined ? {} : { result: run.result }),
    ...(run.durationMs === undefined ? {} : { durationMs: run.durationMs }),
    branches: (run.git?.branches.branches ?? []).map(toBranch),
    ...unusableNote(run.git?.branches.unusable ?? 0),
    ...(run.error === undefined
      ? {}
      : { failure: { code: run.error.code ?? 'error', message: run.error.message } }),
  };
}

function unusableNote(count: number): { notes?: readonly string[] } {
  if (count === 0) return {};
  const what = count === 1 ? 'A branch or pull request' : `${count} branches or pull requests`;
  const verb = count === 1 ? 'is' : 'are';
  return {
    notes: [
      `${what} of this run cannot be used (control characters, or an invalid name) and ${verb} left out.`,
    ],
  };
}

function toBranch(branch: z.infer<typeof branchSchema>): TurnBranch {
  return {
    repoUrl: branch.repoUrl,
    ...(branch.branch === undefined ? {} : { branch: branch.branch }),
    ...(branch.prUrl === undefined ? {} : { prUrl: branch.prUrl }),
  };
}

export function toThreadRecord(agent: WireAgent, latestTurn?: TurnRecord): ThreadRecord {
  return {
    threadId: agent.id,
    ...(agent.name === undefined ? {} : { name: agent.name }),
    ...(agent.url === undefined ? {} : { url: agent.url }),
    metadata: agent.metadata ?? {},
    ...(agent.createdAt === undefined ? {} : { createdAt: agent.createdAt }),
    archived: agent.status === 'ARCHIVED',
    ...(latestTurn === undefined ? {} : { latestTurn }),
  };
}
