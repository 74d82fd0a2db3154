import { z } from 'zod';
import { permissionPolicySchema } from '../../permissions/schema.ts';
import {
  agentId,
  attempt,
  branchSchema,
  connectionId,
  failureSchema,
  followUpId,
  instant,
  repositoryTargetSchema,
  round,
  runtimeSchema,
  text,
  threadId,
  turnId,
  turnOptions,
} from './event-parts.ts';

/** Launches and follow-ups, from their intent to their outcome, and the hand-offs between agents. */

/** On this machine: the branches of upstream agents that its working folder starts from. */
const bases = z
  .array(
    z.object({
      agentName: text,
      repoUrl: text.exactOptional(),
      branch: text,
      commit: text.exactOptional(),
    }),
  )
  .exactOptional();

export const launchIntended = z.object({
  type: z.literal('LaunchIntended'),
  agentId,
  attempt,
  round,
  runtime: runtimeSchema,
  /** The entry of the provider library. */
  provider: text.exactOptional(),
  /** Hash of the owner of the key that it runs with; null if unknown. */
  account: text.nullable(),
  threadId,
  requestHash: text,
  prompt: text,
  ...turnOptions,
  repositories: z.array(repositoryTargetSchema),
  bases,
  autoCreatePr: z.boolean(),
  /** What its tools may do, for runtimes that ask before each call. */
  permissions: permissionPolicySchema.exactOptional(),
  /** Set for a round in the thread of an earlier attempt: the prompt is sent there, and nothing is created. */
  continues: z.object({ attempt, followUpId }).exactOptional(),
});

/** The thread of an earlier round cannot continue (archived, deleted or busy); a new one replaces it. */
export const threadReplaced = z.object({
  type: z.literal('ThreadReplaced'),
  agentId,
  attempt,
  round,
  threadId,
  requestHash: text,
  prompt: text,
  repositories: z.array(repositoryTargetSchema),
  bases,
  failure: failureSchema,
});

export const launchDeferred = z.object({
  type: z.literal('LaunchDeferred'),
  agentId,
  attempt,
  round,
  reason: z.enum(['concurrency', 'rate_limited', 'usage_limit', 'retry', 'credentials', 'offline']),
  until: instant.exactOptional(),
  failure: failureSchema.exactOptional(),
});

export const launchUncertain = z.object({
  type: z.literal('LaunchUncertain'),
  agentId,
  attempt,
  round,
  failure: failureSchema,
});

export const launched = z.object({
  type: z.literal('Launched'),
  agentId,
  attempt,
  round,
  threadId,
  turnId,
  agentUrl: text.exactOptional(),
  /** True if the response to the create request was lost and the agent was found by its id. */
  adopted: z.boolean(),
});

export const launchRejected = z.object({
  type: z.literal('LaunchRejected'),
  agentId,
  attempt,
  round,
  failure: failureSchema,
});

export const handoffStored = z.object({
  type: z.literal('HandoffStored'),
  agentId,
  attempt,
  round,
  connectionId,
  targetAgentId: agentId,
  format: z.enum(['summary', 'structured-json', 'file-reference', 'full-output']),
  content: text,
  outputFiles: z.array(text),
  branches: z.array(branchSchema),
  /** The artifacts that the agent had produced by then, by Cursor's names. */
  artifacts: z.array(z.object({ path: text, sizeBytes: z.number() })).exactOptional(),
});

export const followUpIntended = z.object({
  type: z.literal('FollowUpIntended'),
  agentId,
  attempt,
  round,
  followUpId,
  purpose: z.enum(['handoff-repair', 'message', 'resume', 'decision', 'changes', 'carry-out']),
  prompt: text,
  /** JSON Schema of the answer, for runtimes that support structured output. */
  outputSchema: z.record(z.string(), z.unknown()).exactOptional(),
  ...turnOptions,
});

export const followUpSent = z.object({
  type: z.literal('FollowUpSent'),
  agentId,
  attempt,
  followUpId,
  turnId,
});

export const followUpRejected = z.object({
  type: z.literal('FollowUpRejected'),
  agentId,
  attempt,
  followUpId,
  failure: failureSchema,
});
