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

/** What became of a turn, and what was made of it. */

export const connectionChanged = z.object({
  type: z.literal('ConnectionChanged'),
  agentId,
  attempt,
  connection: z.enum(['live', 'reconnecting', 'unknown']),
  reason: text.exactOptional(),
  /** What a person has to fix before the run can be followed again. */
  failure: failureSchema.exactOptional(),
});

export const runObserved = z.object({
  type: z.literal('RunObserved'),
  agentId,
  attempt,
  turnId,
  status: turnStatusSchema,
  branches: z.array(branchSchema),
  folder: text.exactOptional().describe('The folder that it works in on this machine'),
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
  /** The run ended while nobody was attached: its artifacts are offered, not fetched by themselves. */
  whileAway: z.boolean(),
  /** Only the stream announced this end, and went away; the record kept saying that the run is alive. */
  isUnconfirmed: z.boolean().exactOptional(),
  /** What of Cursor's record could not be used. */
  notes: z.array(text).exactOptional(),
});

/** What the record says later about an end that only the stream had announced; RUNNING: still nothing. */
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
  itemId: text.exactOptional().describe("The wire's own id of the item"),
  item: z.looseObject({ kind: text }),
});

/** A frame of Cursor's stream as it came. Journals of the first version hold these in place of transcript items. */
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
 * Why an agent settled as it did. A skipped agent names the upstream agent that caused it, and the gate at which that
 * one's work was rejected.
 */
const settlementCause = failureSchema.extend({
  upstreamAgentId: agentId.exactOptional(),
  connectionId: connectionId.exactOptional(),
  note: text.exactOptional(),
});

export const agentSettled = z.object({
  type: z.literal('AgentSettled'),
  agentId,
  /** Absent for an agent that was settled before it had one. */
  attempt: attempt.exactOptional(),
  round,
  outcome: z.enum(['completed', 'failed', 'skipped', 'cancelled']),
  cause: settlementCause.exactOptional(),
});

export const artifactsReported = z.object({
  type: z.literal('ArtifactsReported'),
  agentId,
  attempt,
  /** `offered`: known, waiting for a person to fetch them. `incomplete`: some could not be fetched. */
  state: z.enum(['offered', 'none', 'complete', 'incomplete', 'unavailable']),
  artifacts: z.array(storedArtifactSchema),
  /** All other files that were fetched of this agent: of earlier attempts and turns. Early versions kept none. */
  earlier: z.array(storedArtifactSchema).exactOptional(),
  failure: failureSchema.exactOptional(),
});

export const usageReported = z.object({
  type: z.literal('UsageReported'),
  agentId,
  attempt,
  /** Absent in older journals: then the newest run of that moment. */
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
