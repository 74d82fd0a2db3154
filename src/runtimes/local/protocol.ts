import { z } from 'zod';
import {
  toolAnswerSchema,
  toolRequestEndSchema,
  toolRequestSchema,
} from '../../permissions/schema.ts';
import type { RawItem } from '../../transcript/item.ts';

/**
 * The protocol between daemon and runner: JSON over HTTP on a socket that only the user can access, with the secret in
 * `local-runs/runner-secret` as a bearer token. The runner outlives daemons and their updates, so an incompatible change
 * needs a new `PROTOCOL`; a daemon speaks this version and the previous one.
 */
export const PROTOCOL = 1;

export const identifier = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/);

export const runnerPaths = {
  runner: '/v1/runner',
  /** The runner takes no new threads, finishes those it has, and then exits. */
  retire: '/v1/retire',
  /** Ends all threads, and then the runner. */
  stop: '/v1/stop',
  threads: '/v1/threads',
  thread: (threadId: string) => `/v1/threads/${threadId}`,
  acknowledge: (threadId: string) => `/v1/threads/${threadId}/acknowledge`,
  close: (threadId: string) => `/v1/threads/${threadId}/close`,
  turn: (threadId: string, turnId: string) => `/v1/threads/${threadId}/turns/${turnId}`,
  items: (threadId: string, turnId: string, after: number) =>
    `/v1/threads/${threadId}/turns/${turnId}/items?after=${after}`,
  cancel: (threadId: string, turnId: string) => `/v1/threads/${threadId}/turns/${turnId}/cancel`,
  /** `POST` with the answer. Idempotent. */
  request: (threadId: string, turnId: string, requestId: string) =>
    `/v1/threads/${threadId}/turns/${turnId}/requests/${requestId}`,
  resumePrompt: (threadId: string, turnId: string) =>
    `/v1/threads/${threadId}/turns/${turnId}/resume-prompt`,
} as const;

export const runnerInfoSchema = z.object({
  protocol: z.number(),
  version: z.string(),
  /** Identifies the copy of the programs that it runs from. */
  build: z.string(),
  pid: z.number(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  /** Threads with a turn in progress. */
  openThreads: z.number(),
  isRetiring: z.boolean(),
});
export type RunnerInfo = z.infer<typeof runnerInfoSchema>;

/** `local-runs/runner.json`: where the runner that takes new threads listens. Only a hint, until it responds there. */
export const runnerPresenceSchema = z.object({
  pid: z.number(),
  /** Distinguishes this process from a later one with the same id. */
  began: z.string().exactOptional(),
  address: z.string(),
  protocol: z.number(),
  build: z.string(),
  startedAt: z.number(),
});
export type RunnerPresence = z.infer<typeof runnerPresenceSchema>;

const TURN_STATUSES = [
  'CREATING',
  'RUNNING',
  'FINISHED',
  'ERROR',
  'CANCELLED',
  'INTERRUPTED',
] as const;

const tokenCount = z.number();
/** `inputTokens` does not include cached tokens. A missing cost is unknown, not zero. */
export const turnUsageSchema = z.object({
  inputTokens: tokenCount,
  cacheReadTokens: tokenCount,
  cacheWriteTokens: tokenCount,
  outputTokens: tokenCount,
  /** Contained in `outputTokens`. */
  reasoningTokens: tokenCount.optional(),
  totalTokens: tokenCount,
  costUsd: z.number().optional(),
  costSource: z.enum(['reported', 'price-table']).optional(),
});

export const localTurnSchema = z.object({
  threadId: z.string(),
  turnId: z.string(),
  status: z.enum(TURN_STATUSES),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  /** The agent's working folder; absent until it is ready. */
  cwd: z.string().exactOptional(),
  result: z.string().optional(),
  durationMs: z.number().optional(),
  /** The commits that the thread started from. */
  baseCommits: z
    .array(z.object({ repoUrl: z.string(), ref: z.string(), commit: z.string() }))
    .optional(),
  branches: z.array(
    z.object({ repoUrl: z.string(), branch: z.string(), commit: z.string().exactOptional() }),
  ),
  failure: z
    .object({ code: z.string(), message: z.string(), suggestion: z.string().optional() })
    .optional(),
  /** Interrupted turns only: calls whose result was not recorded, so that they may or may not have taken effect. */
  unfinishedCalls: z
    .array(z.object({ callId: z.string(), name: z.string(), args: z.unknown() }))
    .optional(),
  usage: turnUsageSchema.optional(),
  /** Messages for the user about what could not be done at the end of the turn. */
  notes: z.array(z.string()).optional(),
});
export type LocalTurn = z.infer<typeof localTurnSchema>;

export const localThreadSchema = z.object({
  threadId: z.string(),
  name: z.string(),
  createdAt: z.number(),
  metadata: z.record(z.string(), z.string()),
  isClosed: z.boolean(),
  /** The position in the log after its last ended turn. Once acknowledged up to there, the log is no longer needed. */
  endedUpTo: z.number().exactOptional(),
  /** The agent's working folder; absent until it is ready. */
  cwd: z.string().exactOptional(),
  /** Memory of the thread's host, while it is running. */
  rssBytes: z.number().exactOptional(),
  /** The newest first. */
  turns: z.array(localTurnSchema),
});
export type LocalThread = z.infer<typeof localThreadSchema>;

/** `POST /v1/threads/:threadId/turns/:turnId/requests/:requestId` */
export const answerRequestSchema = toolAnswerSchema;

export const threadListSchema = z.object({ threads: z.array(localThreadSchema) });
export const resumePromptSchema = z.object({ prompt: z.string() });
export const acknowledgeSchema = z.object({ upTo: z.number() });
export const closeSchema = z.object({ removeWorktree: z.boolean() });
/** The number of turns that were ended, and processes that could not be ended. */
export const stopResultSchema = z.object({ ended: z.number(), survivors: z.array(z.string()) });
export type StopResult = z.infer<typeof stopResultSchema>;

/** An item as an adapter made it. Consumers read it with `readItem`. */
export const rawItemSchema = z.custom<RawItem>(isRawItem, 'not a transcript item');

function isRawItem(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  // Every field is checked before it is used.
  const { kind, id, dataText } = value as Record<string, unknown>;
  const isNamed = id === undefined || typeof id === 'string';
  return typeof kind === 'string' && isNamed && typeof dataText === 'string';
}

/** `seq` is the cursor. It has gaps, because the log numbers the entries of all turns of the thread. */
export const followLineSchema = z.union([
  z.object({ seq: z.number(), item: rawItemSchema }),
  /** Sent again on every connection while it is open. */
  z.object({ seq: z.number(), request: toolRequestSchema }),
  z.object({ seq: z.number(), requestEnded: toolRequestEndSchema }),
  z.object({ fact: localTurnSchema }),
  /** `trouble`: why nothing new can be recorded, for the user. The agent waits as soon as it has to. */
  z.object({ heartbeat: z.literal(true), trouble: z.string().exactOptional() }),
  /** The turn was sent completely. A stream without this line was interrupted. */
  z.object({ end: z.literal('complete') }),
]);
export type FollowLine = z.infer<typeof followLineSchema>;
export const HEARTBEAT_EVERY_MS = 10_000;

const runnerErrorCodes = [
  'unauthorized',
  'invalid_request',
  'not_found', // no such thread or turn
  'conflict', // this id was already used with a different request
  'busy', // the thread has a turn in progress
  'thread_elsewhere', // another runner has the thread, at `address`
  'retiring', // takes no new threads
  'closed', // the thread was closed
  'request_ended', // it has another answer, or no longer needs one
  'disk_full', // nothing can be stored, so nothing is started
  'stopping',
  'internal',
] as const;

export const runnerErrorSchema = z.object({
  error: z.object({
    code: z.enum(runnerErrorCodes),
    message: z.string(),
    suggestion: z.string().exactOptional(),
    /** The socket of the runner that has the thread. */
    address: z.string().exactOptional(),
  }),
});
export type RunnerError = z.infer<typeof runnerErrorSchema>['error'];
