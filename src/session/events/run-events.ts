import { z } from 'zod';
import {
  agentId,
  attempt,
  branchSchema,
  connectionId,
  factSourceSchema,
  failureSchema,
  round,
  runOutcomeSchema,
  storedArtifactSchema,
  text,
  turnId,
  turnStatusSchema,
  usageSchema,
} from './event-parts.ts';

/** The progress, end and results of a turn, and the settlement of its agent. */

export const connectionChanged = z.object({
  type: z.literal('ConnectionChanged'),
  agentId,
  attempt,
  connection: z.enum(['live', 'reconnecting', 'unknown']),
  reason: text.exactOptional(),
  /** What the user has to fix before the run can be followed again. */
  failure: failureSchema.exactOptional(),
});

export const runObserved = z.object({
  type: z.literal('RunObserved'),
  agentId,
  attempt,
  turnId,
  status: turnStatusSchema,
  branches: z.array(branchSchema),
  folder: text.exactOptional().describe('Its working folder on this machine'),
  source: factSourceSchema,
});

export const runEnded = z.object({
  type: z.literal('RunEnded'),
  agentId,
  attempt,
  turnId,
  outcome: runOutcomeSchema,
  result: text.exactOptional(),
  durationMs: z.number().exactOptional(),
  branches: z.array(branchSchema),
  folder: text.exactOptional(),
  failure: failureSchema.exactOptional(),
  source: factSourceSchema,
  /** The run ended while it was not being followed: its artifacts are offered and not fetched automatically. */
  whileAway: z.boolean(),
  /** Only the stream reported this end; the record still said that the run is alive. */
  isUnconfirmed: z.boolean().exactOptional(),
  /** What the user has to know about the end: unusable parts of the record, or decisions that come too late. */
  notes: z.array(text).exactOptional(),
});

/** What the record later says about an end that only the stream had reported. RUNNING: still not ended. */
export const endChecked = z.object({
  type: z.literal('EndChecked'),
  agentId,
  attempt,
  turnId,
  status: turnStatusSchema,
  result: text.exactOptional(),
  durationMs: z.number().exactOptional(),
  branches: z.array(branchSchema),
  failure: failureSchema.exactOptional(),
});

/** One transcript item of a run, as the runtime's adapter made it (`transcript/item.ts`). */
export const transcriptItem = z.object({
  type: z.literal('TranscriptItem'),
  agentId,
  attempt,
  turnId,
  itemId: text.exactOptional().describe('The id of the item in the stream'),
  item: z.looseObject({ kind: text }),
});

/** An unchanged frame of Cursor's stream. Journals of version 1 contain these instead of transcript items. */
export const streamEvent = z.object({
  type: z.literal('StreamEvent'),
  agentId,
  attempt,
  turnId,
  event: text.describe("Cursor's event name: assistant, tool_call, interaction_update, ..."),
  eventId: text.exactOptional().describe("Cursor's event id; status frames have none"),
  data: z.unknown(),
});

export const streamGap = z.object({
  type: z.literal('StreamGap'),
  agentId,
  attempt,
  turnId,
  reason: z.enum(['stream_expired', 'invalid_last_event_id', 'unreadable', 'unavailable']),
  detail: text,
  runStatus: text.exactOptional(),
});

export const streamEnded = z.object({
  type: z.literal('StreamEnded'),
  agentId,
  attempt,
  turnId,
  complete: z.boolean(),
});

/**
 * Why an agent settled with its outcome. For a skipped agent: the upstream agent that caused it, and the gate at which
 * its work was rejected.
 */
const settlementCause = failureSchema.extend({
  upstreamAgentId: agentId.exactOptional(),
  connectionId: connectionId.exactOptional(),
  note: text.exactOptional(),
});

export const agentSettled = z.object({
  type: z.literal('AgentSettled'),
  agentId,
  /** Absent if the agent settled before its first attempt. */
  attempt: attempt.exactOptional(),
  round,
  outcome: z.enum(['completed', 'failed', 'skipped', 'cancelled']),
  cause: settlementCause.exactOptional(),
});

export const artifactsReported = z.object({
  type: z.literal('ArtifactsReported'),
  agentId,
  attempt,
  /** `offered`: listed, but not fetched until the user requests it. `incomplete`: some could not be fetched. */
  state: z.enum(['offered', 'none', 'complete', 'incomplete', 'unavailable']),
  artifacts: z.array(storedArtifactSchema),
  /** Fetched files of earlier attempts and turns of the agent. Early versions did not store them. */
  earlier: z.array(storedArtifactSchema).exactOptional(),
  failure: failureSchema.exactOptional(),
});

export const usageReported = z.object({
  type: z.literal('UsageReported'),
  agentId,
  attempt,
  /** Absent in older journals, where it is the newest run at that time. */
  turnId: turnId.exactOptional(),
  state: z.enum(['known', 'pending', 'unavailable']),
  usage: usageSchema.exactOptional(),
  chargedCents: z.number().exactOptional(),
});

export const commitsRecorded = z.object({
  type: z.literal('CommitsRecorded'),
  agentId,
  attempt,
  moment: z.enum(['base', 'result']),
  commits: z.array(z.object({ repoUrl: text, ref: text, commit: text })),
});
