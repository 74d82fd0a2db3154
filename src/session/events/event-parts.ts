import { z } from 'zod';
import { agentIdSchema, connectionId as asConnectionId } from '../../workflow/ids.ts';
import type { FollowUpId, ThreadId, TurnId } from '../ids.ts';

/** What the events of a session are made of. */

export const text = z.string();
// Ids are branded at this door: what the journal stored was checked when it was written.
export const agentId = agentIdSchema;
export const connectionId = text.transform(asConnectionId);
export const threadId = text.transform((value) => value as ThreadId);
export const turnId = text.transform((value) => value as TurnId);
export const followUpId = text.transform((value) => value as FollowUpId);
export const attempt = z.int().positive();
/** Of an activation: loops make further ones. */
export const round = z.int().positive();
export const instant = z.number().describe('Milliseconds since the epoch');

/** A failure as a person should read it: what happened, and what to do next. `code` is stable. */
export const failureSchema = z.object({
  code: text,
  message: text,
  suggestion: text.exactOptional(),
  /** How many keys were taken out of its text. */
  redactions: z.number().exactOptional(),
});

/** How an attempt is run. Recorded with it, so that a session may mix them. */
export const runtimeSchema = z.enum([
  'cursor-cloud',
  'cursor-local',
  'claude',
  'codex',
  'openai-compatible',
]);

/** What a name of a provider in the workflow stood for on this machine when the session was started. */
export const providerChoiceSchema = z.object({
  /** The entry of the library. */
  id: text,
  name: text,
  /** Of the attempts that it runs on this machine. */
  runtime: runtimeSchema,
  /** For agents that name none. */
  model: text.exactOptional(),
});

export const providerTableSchema = z.object({
  /** What stands where neither an agent nor the workflow names one. */
  defaultId: text,
  choices: z.record(text, providerChoiceSchema),
});

/** How a turn stands, as its runtime says. */
export const turnStatusSchema = z.enum([
  'CREATING',
  'RUNNING',
  'FINISHED',
  'ERROR',
  'CANCELLED',
  'EXPIRED',
  'INTERRUPTED',
]);

/** A branch of a target repository as the runtime (or git) reports it. */
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

/** What a turn asks of the model: named by the workflow, or by a person with a message. */
export const turnOptions = {
  model: text.exactOptional(),
  modelParameters: z.record(text, text).exactOptional(),
  mode: z.enum(['agent', 'plan']).exactOptional(),
};

/** Where a fact about a turn came from. `none` marks a conclusion that nobody confirmed. */
export const factSourceSchema = z.enum(['stream', 'record', 'cancel', 'none']);

/**
 * How a turn ended. `silent` = flagged by the 24-hour rule; `gone` = the runtime no longer knows it; `interrupted` = its
 * process ended in the middle of the work.
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
  /** Which attempt left an earlier file, and after which of its turns, as far as it is known. */
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
  /** Of the price table. */
  pricesOf: text.optional(),
});

/** What a session may use; null is without limit. */
export const budgetSchema = z.object({
  usd: z.number().positive().nullable(),
  tokens: z.number().positive().nullable(),
});

/** How the agents of a session work on this machine. What of it the workflow says is copied here as it was confirmed. */
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
  /** Which repository of the session the folder is a clone of, and how git reaches it from there. */
  clone: z.object({ remoteUrl: text, repoUrl: text }).exactOptional(),
  /** The same, where the person has agreed that branches are pushed there for agents in the cloud. */
  pushTo: z.object({ remoteUrl: text, repoUrl: text }).exactOptional(),
});
