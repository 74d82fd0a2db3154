import { z } from 'zod';
import { agentIdSchema, connectionId as asConnectionId } from '../workflow/ids.ts';
import { workflowSchema } from '../workflow/schema.ts';
import type { CursorAgentId, CursorRunId, FollowUpId, SessionId } from './ids.ts';

/**
 * Everything that can happen to a session. Events are the only truth: state is a fold over them (`evolve`),
 * and what to do next is derived from that state (`decide`). An event is never changed once it is stored;
 * a new shape gets a new `EVENT_VERSION` and an upgrade on reading.
 */
export const EVENT_VERSION = 1;

const text = z.string();
// Ids are branded at this door: what the journal stored was checked when it was written.
const sessionId = text.transform((value) => value as SessionId);
const agentId = agentIdSchema;
const connectionId = text.transform(asConnectionId);
const cursorAgentId = text.transform((value) => value as CursorAgentId);
const cursorRunId = text.transform((value) => value as CursorRunId);
const followUpId = text.transform((value) => value as FollowUpId);
const attempt = z.int().positive();
const instant = z.number().describe('Milliseconds since the epoch');

/** A failure as a person should read it: what happened, and what to do next. `code` is stable. */
export const failureSchema = z.object({
  code: text,
  message: text,
  suggestion: text.exactOptional(),
});
export type Failure = z.infer<typeof failureSchema>;

/** A branch of a target repository as Cursor (or git) reports it. */
export const branchSchema = z.object({
  repoUrl: text,
  branch: text.exactOptional(),
  prUrl: text.exactOptional(),
  commit: text.exactOptional(),
});
export type Branch = z.infer<typeof branchSchema>;

export const repositoryTargetSchema = z.object({ url: text, startingRef: text.exactOptional() });
export type RepositoryTarget = z.infer<typeof repositoryTargetSchema>;

/** Where a fact about a run came from. `none` marks a conclusion that nobody confirmed. */
export const factSourceSchema = z.enum(['stream', 'record', 'cancel', 'none']);
export type FactSource = z.infer<typeof factSourceSchema>;

/** How a run of a Cursor agent ended. `silent` = flagged by the 24-hour rule; `gone` = Cursor no longer knows it. */
export const runOutcomeSchema = z.enum([
  'finished',
  'error',
  'cancelled',
  'expired',
  'silent',
  'gone',
]);
export type RunOutcome = z.infer<typeof runOutcomeSchema>;

export const storedArtifactSchema = z.object({
  path: text.describe("Cursor's name for it, data only"),
  file: text.exactOptional().describe('File name below the artifact folder of the attempt'),
  sizeBytes: z.number(),
  sha256: text.exactOptional(),
  updatedAt: text.exactOptional(),
  error: failureSchema.exactOptional(),
});
export type StoredArtifact = z.infer<typeof storedArtifactSchema>;

const usageSchema = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
  totalTokens: z.number(),
});
export type Usage = z.infer<typeof usageSchema>;

const sessionStarted = z.object({
  type: z.literal('SessionStarted'),
  /** Snapshot of the document: a later edit of the file changes nothing in flight. */
  workflow: workflowSchema,
  workflowPath: text.exactOptional(),
  mode: z.enum(['cloud', 'local']),
  input: text.exactOptional(),
  backend: z.object({ kind: z.enum(['cursor', 'rehearsal']), url: text }),
  accountId: text.exactOptional().describe('Hash of who the key belongs to, never the key'),
  repositories: z.array(repositoryTargetSchema),
  autoCreatePr: z.boolean(),
  maxConcurrentAgents: z.int().positive(),
  maxAttempts: z.int().positive(),
  onlyAgentId: agentId.exactOptional().describe('Set when one agent was run alone'),
});

const launchIntended = z.object({
  type: z.literal('LaunchIntended'),
  agentId,
  attempt,
  cursorAgentId,
  requestHash: text,
  prompt: text,
  model: text.exactOptional(),
  repositories: z.array(repositoryTargetSchema),
  autoCreatePr: z.boolean(),
});

const launchDeferred = z.object({
  type: z.literal('LaunchDeferred'),
  agentId,
  attempt,
  reason: z.enum(['concurrency', 'rate_limited', 'usage_limit', 'retry', 'credentials', 'offline']),
  until: instant.exactOptional(),
  failure: failureSchema.exactOptional(),
});

const launchUncertain = z.object({
  type: z.literal('LaunchUncertain'),
  agentId,
  attempt,
  failure: failureSchema,
});

const launched = z.object({
  type: z.literal('Launched'),
  agentId,
  attempt,
  cursorAgentId,
  cursorRunId,
  agentUrl: text.exactOptional(),
  /** True when the answer to our create was lost and the agent was found by its id. */
  adopted: z.boolean(),
});

const launchRejected = z.object({
  type: z.literal('LaunchRejected'),
  agentId,
  attempt,
  failure: failureSchema,
});

const connectionChanged = z.object({
  type: z.literal('ConnectionChanged'),
  agentId,
  attempt,
  connection: z.enum(['live', 'reconnecting', 'unknown']),
  reason: text.exactOptional(),
  /** What a person has to mend before the run can be followed again. */
  failure: failureSchema.exactOptional(),
});

const runObserved = z.object({
  type: z.literal('RunObserved'),
  agentId,
  attempt,
  cursorRunId,
  status: z.enum(['CREATING', 'RUNNING', 'FINISHED', 'ERROR', 'CANCELLED', 'EXPIRED']),
  branches: z.array(branchSchema),
  source: factSourceSchema,
});

const runEnded = z.object({
  type: z.literal('RunEnded'),
  agentId,
  attempt,
  cursorRunId,
  outcome: runOutcomeSchema,
  result: text.exactOptional(),
  durationMs: z.number().exactOptional(),
  branches: z.array(branchSchema),
  failure: failureSchema.exactOptional(),
  source: factSourceSchema,
  /** The run ended while nobody was attached: its artifacts are offered, not fetched by themselves. */
  whileAway: z.boolean(),
});

const streamEvent = z.object({
  type: z.literal('StreamEvent'),
  agentId,
  attempt,
  cursorRunId,
  event: text.describe("Cursor's event name: assistant, tool_call, interaction_update, ..."),
  eventId: text.exactOptional().describe("Cursor's event id; status frames have none"),
  data: z.unknown(),
});

const streamGap = z.object({
  type: z.literal('StreamGap'),
  agentId,
  attempt,
  cursorRunId,
  reason: z.enum(['stream_expired', 'invalid_last_event_id', 'unreadable', 'unavailable']),
  detail: text,
  runStatus: text.exactOptional(),
});

const streamEnded = z.object({
  type: z.literal('StreamEnded'),
  agentId,
  attempt,
  cursorRunId,
  complete: z.boolean(),
});

const handoffStored = z.object({
  type: z.literal('HandoffStored'),
  agentId,
  attempt,
  connectionId,
  targetAgentId: agentId,
  format: z.enum(['summary', 'structured-json', 'file-reference', 'full-output']),
  content: text,
  outputFiles: z.array(text),
  branches: z.array(branchSchema),
});

const followUpIntended = z.object({
  type: z.literal('FollowUpIntended'),
  agentId,
  attempt,
  followUpId,
  purpose: z.enum(['handoff-repair', 'message']),
  prompt: text,
});

const followUpSent = z.object({
  type: z.literal('FollowUpSent'),
  agentId,
  attempt,
  followUpId,
  cursorRunId,
});

const followUpRejected = z.object({
  type: z.literal('FollowUpRejected'),
  agentId,
  attempt,
  followUpId,
  failure: failureSchema,
});

/** Why an agent settled as it did. A skipped agent names the upstream agent that caused it. */
const settlementCause = failureSchema.extend({ upstreamAgentId: agentId.exactOptional() });

const agentSettled = z.object({
  type: z.literal('AgentSettled'),
  agentId,
  attempt: attempt.exactOptional(),
  outcome: z.enum(['completed', 'failed', 'skipped', 'cancelled']),
  cause: settlementCause.exactOptional(),
});

const artifactsReported = z.object({
  type: z.literal('ArtifactsReported'),
  agentId,
  attempt,
  /** `offered`: known, waiting for a person to fetch them. `incomplete`: some could not be fetched. */
  state: z.enum(['offered', 'none', 'complete', 'incomplete', 'unavailable']),
  artifacts: z.array(storedArtifactSchema),
  failure: failureSchema.exactOptional(),
});

const usageReported = z.object({
  type: z.literal('UsageReported'),
  agentId,
  attempt,
  state: z.enum(['known', 'pending', 'unavailable']),
  usage: usageSchema.exactOptional(),
  chargedCents: z.number().exactOptional(),
});

const commitsRecorded = z.object({
  type: z.literal('CommitsRecorded'),
  agentId,
  attempt,
  moment: z.enum(['base', 'result']),
  commits: z.array(z.object({ repoUrl: text, ref: text, commit: text })),
});

const cancelRequested = z.object({
  type: z.literal('CancelRequested'),
  agentId: agentId.exactOptional().describe('Absent: the whole session'),
});

const cancelUnconfirmed = z.object({
  type: z.literal('CancelUnconfirmed'),
  agentId,
  attempt,
  failure: failureSchema,
});

const retryRequested = z.object({ type: z.literal('RetryRequested'), agentId });
const sessionHeld = z.object({
  type: z.literal('SessionHeld'),
  reason: z.enum(['asked-on-launch', 'account-changed', 'backend-changed']),
});
const sessionResumed = z.object({ type: z.literal('SessionResumed') });
const sessionEnded = z.object({
  type: z.literal('SessionEnded'),
  outcome: z.enum(['finished', 'failed', 'cancelled']),
});
const sessionDismissed = z.object({ type: z.literal('SessionDismissed') });
const sessionRestored = z.object({ type: z.literal('SessionRestored') });

/** What happened, without when and where in the journal. */
export const sessionEventSchema = z.discriminatedUnion('type', [
  sessionStarted,
  launchIntended,
  launchDeferred,
  launchUncertain,
  launched,
  launchRejected,
  connectionChanged,
  runObserved,
  runEnded,
  streamEvent,
  streamGap,
  streamEnded,
  handoffStored,
  followUpIntended,
  followUpSent,
  followUpRejected,
  agentSettled,
  artifactsReported,
  usageReported,
  commitsRecorded,
  cancelRequested,
  cancelUnconfirmed,
  retryRequested,
  sessionHeld,
  sessionResumed,
  sessionEnded,
  sessionDismissed,
  sessionRestored,
]);
export type SessionEvent = z.infer<typeof sessionEventSchema>;
export type SessionEventType = SessionEvent['type'];
export type SessionEventOf<Type extends SessionEventType> = Extract<SessionEvent, { type: Type }>;

/** One frame of a Cursor run's stream, as it came. High-volume: never folded into state. */
export type StreamEvent = SessionEventOf<'StreamEvent'>;

/** Events that change a session's state, i.e. all but the frames of Cursor's streams. */
export type LifecycleEvent = Exclude<SessionEvent, StreamEvent>;

/** An event with its place in time. `at` is in milliseconds since the epoch. */
export type Recorded<Event extends SessionEvent = SessionEvent> = Event & {
  readonly sessionId: SessionId;
  readonly at: number;
};

export const sessionIdSchema = sessionId;
