import { z } from 'zod';
import { isTranscriptEvent } from '../transcript/event-item.ts';
import {
  editsProposed,
  enhancementEnded,
  feedbackGiven,
  roundReported,
  workflowRoundOpened,
} from './enhance/enhance-events.ts';
import {
  agentId,
  attempt,
  type branchSchema,
  budgetSchema,
  type factSourceSchema,
  failureSchema,
  localStartSchema,
  type providerChoiceSchema,
  providerTableSchema,
  repositoryTargetSchema,
  round,
  type runOutcomeSchema,
  type runtimeSchema,
  type storedArtifactSchema,
  text,
  type usageSchema,
} from './events/event-parts.ts';
import {
  followUpIntended,
  followUpRejected,
  followUpSent,
  handoffStored,
  launchDeferred,
  launched,
  launchIntended,
  launchRejected,
  launchUncertain,
  threadReplaced,
} from './events/launch-events.ts';
import {
  agentSettled,
  artifactsReported,
  commitsRecorded,
  connectionChanged,
  endChecked,
  runEnded,
  runObserved,
  streamEnded,
  streamEvent,
  streamGap,
  transcriptItem,
  usageReported,
} from './events/run-events.ts';
import { workflowSnapshotSchema } from './events/workflow-snapshot.ts';
import {
  connectionDecided,
  decisionUnclear,
  gateAnswered,
  gateOpened,
  loopEnded,
  roundOpened,
} from './flow/flow-events.ts';
import {
  toolAnswerDelivered,
  toolRequestAnswered,
  toolRequested,
  toolRequestWithdrawn,
} from './requests/request-events.ts';

/**
 * Everything that can happen to a session. Events are the only source of truth: state is their fold (`evolve.ts`),
 * and the next steps are derived from that state (`decide.ts`). A stored event is never changed; a new shape gets a new
 * version of its type and an upcaster (`events/upcasters.ts`).
 */

/** A failure as the user reads it: what happened, and what to do next. `code` is stable. */
export type Failure = z.infer<typeof failureSchema>;
/** A branch of a target repository, as Cursor or git reports it. */
export type Branch = z.infer<typeof branchSchema>;
/** What a session may use. */
export type Budget = z.infer<typeof budgetSchema>;
export type RepositoryTarget = z.infer<typeof repositoryTargetSchema>;
export type FactSource = z.infer<typeof factSourceSchema>;
export type RunOutcome = z.infer<typeof runOutcomeSchema>;
export type LocalStart = z.infer<typeof localStartSchema>;
export type ProviderChoice = z.infer<typeof providerChoiceSchema>;
export type ProviderTable = z.infer<typeof providerTableSchema>;
export type RuntimeId = z.infer<typeof runtimeSchema>;
export type StoredArtifact = z.infer<typeof storedArtifactSchema>;
export type Usage = z.infer<typeof usageSchema>;

const sessionStarted = z.object({
  type: z.literal('SessionStarted'),
  /** A snapshot: later edits of the file do not affect a running session. */
  workflow: workflowSnapshotSchema,
  workflowPath: text.exactOptional(),
  mode: z.enum(['cloud', 'local']),
  input: text.exactOptional(),
  backend: z.object({ kind: z.enum(['cursor', 'rehearsal']), url: text }),
  accountId: text.exactOptional().describe('Hash of the owner of the key, never the key itself'),
  repositories: z.array(repositoryTargetSchema),
  autoCreatePr: z.boolean(),
  maxConcurrentAgents: z.int().positive(),
  maxAttempts: z.int().positive(),
  budget: budgetSchema.exactOptional(),
  onlyAgentId: agentId.exactOptional().describe('Set if only one agent was run'),
  local: localStartSchema.exactOptional().describe('Set if agents work on this machine'),
  providers: providerTableSchema
    .exactOptional()
    .describe('The provider that each name refers to; absent if every agent runs on Cursor'),
});

const cancelRequested = z.object({
  type: z.literal('CancelRequested'),
  agentId: agentId.exactOptional().describe('If absent, the whole session'),
});

const cancelUnconfirmed = z.object({
  type: z.literal('CancelUnconfirmed'),
  agentId,
  attempt,
  failure: failureSchema,
});

const retryRequested = z.object({
  type: z.literal('RetryRequested'),
  agentId,
  round,
});
const sessionHeld = z.object({
  type: z.literal('SessionHeld'),
  reason: z.enum(['asked-on-launch', 'account-changed', 'backend-changed']),
});
/** Replaces the budget of the session. */
const budgetChanged = z.object({
  type: z.literal('BudgetChanged'),
  budget: budgetSchema,
  by: text.describe('Where it was changed: `app`, `cli`'),
});
const sessionResumed = z.object({ type: z.literal('SessionResumed') });
const sessionEnded = z.object({
  type: z.literal('SessionEnded'),
  outcome: z.enum(['finished', 'failed', 'cancelled']),
});
const sessionDismissed = z.object({ type: z.literal('SessionDismissed') });
const sessionRestored = z.object({ type: z.literal('SessionRestored') });

/** An event without its time and its position in the journal. */
export const sessionEventSchema = z.discriminatedUnion('type', [
  sessionStarted,
  launchIntended,
  launchDeferred,
  launchUncertain,
  launched,
  launchRejected,
  threadReplaced,
  connectionChanged,
  runObserved,
  runEnded,
  endChecked,
  streamEvent,
  streamGap,
  transcriptItem,
  streamEnded,
  handoffStored,
  followUpIntended,
  followUpSent,
  followUpRejected,
  agentSettled,
  connectionDecided,
  decisionUnclear,
  gateOpened,
  gateAnswered,
  roundOpened,
  loopEnded,
  toolRequested,
  toolRequestAnswered,
  toolAnswerDelivered,
  toolRequestWithdrawn,
  roundReported,
  editsProposed,
  workflowRoundOpened,
  enhancementEnded,
  feedbackGiven,
  artifactsReported,
  usageReported,
  commitsRecorded,
  cancelRequested,
  cancelUnconfirmed,
  retryRequested,
  sessionHeld,
  budgetChanged,
  sessionResumed,
  sessionEnded,
  sessionDismissed,
  sessionRestored,
]);
export type SessionEvent = z.infer<typeof sessionEventSchema>;
export type SessionEventType = SessionEvent['type'];
export type SessionEventOf<Type extends SessionEventType> = Extract<SessionEvent, { type: Type }>;

/** An item of a transcript, in either stored form. High-volume, so it is never folded into state. */
export type TranscriptEvent = SessionEventOf<'TranscriptItem' | 'StreamEvent'>;

/** Events that change the state of a session: all except those of the transcripts. */
export type LifecycleEvent = Exclude<SessionEvent, TranscriptEvent>;

export const isTranscript = (event: SessionEvent): event is TranscriptEvent =>
  isTranscriptEvent(event.type);
