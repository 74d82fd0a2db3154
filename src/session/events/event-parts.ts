import { z } from 'zod';
import { agentIdSchema, connectionId as asConnectionId } from '../../workflow/ids.ts';
import type { FollowUpId, ThreadId, TurnId } from '../ids.ts';

/** Schemas that several events share. */

export const text = z.string();
// Stored ids were validated when they were written, so they are only branded here.
export const agentId = agentIdSchema;
export const connectionId = text.transform(asConnectionId);
export const threadId = text.transform((value) => value as ThreadId);
export const turnId = text.transform((value) => value as TurnId);
export const followUpId = text.transform((value) => value as FollowUpId);
export const attempt = z.int().positive();
/** The round of an activation; loops start further rounds. */
export const round = z.int().positive();
export const instant = z.number().describe('Milliseconds since the epoch');

/** A failure as the user reads it: what happened, and what to do next. `code` is stable. */
export const failureSchema = z.object({
  code: text,
  message: text,
  suggestion: text.exactOptional(),
  /** How many keys were redacted from its text. */
  redactions: z.number().exactOptional(),
});

/** The runtime of an attempt. Recorded with each attempt, because a session may use several. */
export const runtimeSchema = z.enum([
  'cursor-cloud',
  'cursor-local',
  'claude',
  'codex',
  'openai-compatible',
]);

/** The provider on this machine that a name in the workflow referred to when the session started. */
export const providerChoiceSchema = z.object({
  /** The id of its entry in the provider library. */
  id: text,
  name: text,
  /** The runtime of its attempts on this machine. */
  runtime: runtimeSchema,
  /** The default for agents that name no model. */
  model: text.exactOptional(),
});

export const providerTableSchema = z.object({
  /** Used if neither the agent nor the workflow names a provider. */
  defaultId: text,
  choices: z.record(text, providerChoiceSchema),
});

/** The status of a turn, as its runtime reports it. */
export const turnStatusSchema = z.enum([
  'CREATING',
  'RUNNING',
  'FINISHED',
  'ERROR',
  'CANCELLED',
  'EXPIRED',
  'INTERRUPTED',
]);

/** A branch of a target repository, as the runtime or git reports it. */
export const branchSchema = z.object({
  repoUrl: text,
  branch: text.exactOptional(),
  prUrl: text.exactOptional(),
  commit: text.exactOptional(),
});

export const repositoryTargetSchema = z.object({
  url: text,
  startingRef: text.exactOptional(),
  prUrl: text.exactOptional(),
});

/** Model, parameters and mode of a turn, from the workflow or from the user's message. */
export const turnOptions = {
  model: text.exactOptional(),
  modelParameters: z.record(text, text).exactOptional(),
  mode: z.enum(['agent', 'plan']).exactOptional(),
};

/** The source of a fact about a turn. `none`: our own conclusion, which nothing confirmed. */
export const factSourceSchema = z.enum(['stream', 'record', 'cancel', 'none']);

/**
 * How a turn ended. `silent`: no sign of life for 24 hours. `gone`: the runtime no longer knows it. `interrupted`: its
 * process ended before the work was finished.
 */
export const runOutcomeSchema = z.enum([
  'finished',
  'error',
  'cancelled',
  'expired',
  'silent',
  'gone',
  'interrupted',
]);

export const storedArtifactSchema = z.object({
  path: text.describe("Cursor's name for it; treat it as data only"),
  file: text.exactOptional().describe('File name below the artifact folder of the attempt'),
  sizeBytes: z.number(),
  sha256: text.exactOptional(),
  updatedAt: text.exactOptional(),
  error: failureSchema.exactOptional(),
  /** The attempt and the turn that an earlier file is from, if known. */
  attempt: z.number().exactOptional(),
  turn: z.number().exactOptional(),
});

export const usageSchema = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
  reasoningTokens: z.number().optional().describe('Contained in `outputTokens`'),
  totalTokens: z.number(),
  costUsd: z.number().optional().describe('Absent: unknown'),
  costSource: z.enum(['reported', 'price-table']).optional(),
  /** The date of the price table. */
  pricesOf: text.optional(),
});

/** What a session may use; null means no limit. */
export const budgetSchema = z.object({
  usd: z.number().positive().nullable(),
  tokens: z.number().positive().nullable(),
});

/** How agents work on this machine. Settings of the workflow are copied here as they were confirmed. */
export const localStartSchema = z.object({
  folder: text.describe('Absolute; the top folder of the repository, if there is one'),
  isRepository: z.boolean(),
  isolation: z.enum(['worktree', 'in-place']),
  carryUncommitted: z.boolean(),
  setup: z.array(text),
  copy: z.array(text),
  sandbox: z.boolean(),
  maxConcurrentAgents: z.int().positive(),
  maxAttempts: z.int().positive(),
  /** The repository of the session that the folder is a clone of, and its remote address. */
  clone: z.object({ remoteUrl: text, repoUrl: text }).exactOptional(),
  /** The repository to which branches are pushed for agents in the cloud; set only with the user's consent. */
  pushTo: z.object({ remoteUrl: text, repoUrl: text }).exactOptional(),
});
