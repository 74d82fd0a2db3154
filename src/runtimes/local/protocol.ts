import { z } from 'zod';
import {
  toolAnswerSchema,
  toolRequestEndSchema,
  toolRequestSchema,
} from '../../permissions/schema.ts';
import type { RawItem } from '../../transcript/item.ts';

/**
 * What the daemon and the runner say to each other: JSON over HTTP on a socket that belongs to the user alone, with
 * the secret of `local-runs/runner-secret` as a bearer token. The runner outlives daemons and their updates, so a
 * change that an older or newer side could not read needs a new `PROTOCOL`; a daemon speaks this one and the one before.
 */
export const PROTOCOL = 1;

export const identifier = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/);

export const runnerPaths = {
  runner: '/v1/runner',
  /** Takes no new threads from now on, continues with those it has, and ends after the last one. */
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
  /** `POST` with the answer. Repeated with the same one it changes nothing. */
  request: (threadId: string, turnId: string, requestId: string) =>
    `/v1/threads/${threadId}/turns/${turnId}/requests/${requestId}`,
  resumePrompt: (threadId: string, turnId: string) =>
    `/v1/threads/${threadId}/turns/${turnId}/resume-prompt`,
} as const;

export const runnerInfoSchema = z.object({
  protocol: z.number(),
  version: z.string(),
  /** Names the copy of the programs that it runs from. */
  build: z.string(),
  pid: z.number(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  /** Threads with a turn in progress. */
  openThreads: z.number(),
  isRetiring: z.boolean(),
});
export type RunnerInfo = z.infer<typeof runnerInfoSchema>;

/** `local-runs/runner.json`: where the runner that takes new threads listens. A hint; only an answer proves it. */
export const runnerPresenceSchema = z.object({
  pid: z.number(),
  /** Tells this process from a later one with its number. */
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

const tokens = z.number();
/** Fresh input tokens: those of the cache are counted apart. Money that is absent is unknown, never zero. */
export const turnUsageSchema = z.object({
  inputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  outputTokens: tokens,
  /** Contained in `outputTokens`. */
  reasoningTokens: tokens.optional(),
  totalTokens: tokens,
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
  /** On which commit the thread began. */
  baseCommits: z
    .array(z.object({ repoUrl: z.string(), ref: z.string(), commit: z.string() }))
    .optional(),
  branches: z.array(
    z.object({ repoUrl: z.string(), branch: z.string(), commit: z.string().exactOptional() }),
  ),
  failure: z
    .object({ code: z.string(), message: z.string(), suggestion: z.string().optional() })
    .optional(),
  /** Of an interrupted turn: calls whose result was not recorded, so nobody knows whether they took effect. */
  unfinishedCalls: z
    .array(z.object({ callId: z.string(), name: z.string(), args: z.unknown() }))
    .optional(),
  usage: turnUsageSchema.optional(),
  /** In words for people: what could not be done at its end. */
  notes: z.array(z.string()).optional(),
});
export type LocalTurn = z.infer<typeof localTurnSchema>;

export const localThreadSchema = z.object({
  threadId: z.string(),
  name: z.string(),
  createdAt: z.number(),
  metadata: z.record(z.string(), z.string()),
  isClosed: z.boolean(),
  /** Where in the log the end of its newest ended turn is; acknowledged up to there, nothing of it is needed. */
  endedUpTo: z.number().exactOptional(),
  /** The agent's working folder; absent until it is ready. */
  cwd: z.string().exactOptional(),
  /** Of the thread's host, while one runs. */
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
/** Turns that were ended, and processes that would not end. */
export const stopAnswerSchema = z.object({ ended: z.number(), survivors: z.array(z.string()) });
export type StopAnswer = z.infer<typeof stopAnswerSchema>;

/** As an adapter made it; whoever reads it takes it through `readItem`. */
export const rawItemSchema = z.custom<RawItem>(isRawItem, 'not a transcript item');

function isRawItem(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  // Any object may be asked for any field.
  const { kind, id, dataText } = value as Record<string, unknown>;
  const isNamed = id === undefined || typeof id === 'string';
  return typeof kind === 'string' && isNamed && typeof dataText === 'string';
}

/** `seq` is the cursor. Lines of a turn have holes: the log counts all turns of the thread, and its own notes. */
export const followLineSchema = z.union([
  z.object({ seq: z.number(), item: rawItemSchema }),
  /** Told again by every reading for as long as it is open. */
  z.object({ seq: z.number(), request: toolRequestSchema }),
  z.object({ seq: z.number(), requestEnded: toolRequestEndSchema }),
  z.object({ fact: localTurnSchema }),
  z.object({ heartbeat: z.literal(true) }),
  /** Everything of the turn was sent. Without it the stream was cut. */
  z.object({ end: z.literal('complete') }),
]);
export type FollowLine = z.infer<typeof followLineSchema>;
export const HEARTBEAT_EVERY_MS = 10_000;

const runnerErrorCodes = [
  'unauthorized',
  'invalid_request',
  'not_found', // no such thread or turn
  'conflict', // this id was used with another request
  'busy', // the thread has a turn in progress
  'thread_elsewhere', // another runner has the thread: `address` says where
  'retiring', // no new threads here anymore
  'closed', // the thread was closed
  'request_ended', // it was answered otherwise, or nobody waits for an answer anymore
  'disk_full', // nothing can be written down, so nothing is begun
  'stopping',
  'internal',
] as const;

export const runnerErrorSchema = z.object({
  error: z.object({
    code: z.enum(runnerErrorCodes),
    message: z.string(),
    suggestion: z.string().exactOptional(),
    /** Of the socket of the runner that has the thread. */
    address: z.string().exactOptional(),
  }),
});
export type RunnerError = z.infer<typeof runnerErrorSchema>['error'];
