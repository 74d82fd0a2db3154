import type { AgentId } from '../workflow/ids.ts';
import type { Failure, LifecycleEvent, RuntimeId } from './events.ts';
import type { FollowUpId, ThreadId, TurnId } from './ids.ts';
import type { AgentState, Attempt } from './state.ts';

type OfAttempt = { readonly agentId: AgentId; readonly attempt: number; readonly round: number };
type OfThread = OfAttempt & { readonly runtime: RuntimeId; readonly threadId: ThreadId };
type OfTurn = OfThread & { readonly turnId: TurnId };

/**
 * What the engine should do for a session now. Effects are level-triggered: `decide` returns each one until an event
 * records that it was carried out. Two effects with the same `effectKey` are the same work.
 */
export type Effect =
  /** Store this event now. It follows from the state alone. */
  | { readonly kind: 'record'; readonly event: LifecycleEvent }
  /** Create an id and store the intent, if the limits allow it. Leads to `LaunchIntended` or `LaunchDeferred`. */
  | ({ readonly kind: 'intend-launch'; readonly notBefore: number | null } & OfAttempt)
  /** Wait before a new attempt of an agent that failed. Leads to `LaunchDeferred` with reason `retry`. */
  | ({ readonly kind: 'schedule-retry'; readonly failure: Failure } & OfAttempt)
  /** Create the thread, or find it if it exists. Leads to `Launched` or `LaunchRejected`. */
  | ({ readonly kind: 'launch'; readonly notBefore: number | null } & OfThread)
  /** Cancelled before it was known to exist: check whether it does, and create nothing. Leads to the same events. */
  | ({ readonly kind: 'resolve-launch' } & OfThread)
  /** Read a turn's stream from its cursor to its end. Leads to `RunEnded` and `StreamEnded`. */
  | ({ readonly kind: 'follow'; readonly hasEnded: boolean } & OfTurn)
  /** Ask the runtime to cancel a turn, a bounded number of times. Leads to `RunEnded` or `CancelUnconfirmed`. */
  | ({ readonly kind: 'cancel-run' } & OfTurn)
  /** Deliver a stored answer to the tool call that waits for it. Leads to `ToolAnswerDelivered` or `ToolRequestWithdrawn`. */
  | ({ readonly kind: 'answer-request'; readonly requestId: string } & OfTurn)
  /** Store the prompt that resumes an interrupted turn. Leads to `FollowUpIntended`, `SessionHeld` or `AgentSettled`. */
  | ({ readonly kind: 'intend-resume' } & OfTurn)
  /**
   * Store the prompt for an answer at a gate: changes to the work or plan, or the approval to carry the plan out. Leads to
   * `FollowUpIntended` with that purpose.
   */
  | ({
      readonly kind: 'intend-follow-up';
      readonly purpose: 'changes' | 'carry-out';
      readonly gateId: string;
    } & OfAttempt)
  /** Send a stored follow-up prompt. Leads to `FollowUpSent` or `FollowUpRejected`. */
  | ({ readonly kind: 'send-follow-up'; readonly followUpId: FollowUpId } & OfThread)
  /**
   * Create the hand-offs of finished work and read the agent's decisions. Leads to `HandoffStored`, `ConnectionDecided`
   * and `AgentSettled`, or to one follow-up that requests what is missing.
   */
  | ({ readonly kind: 'hand-off' } & OfAttempt)
  /** Read the planner's proposal. Leads to `EditsProposed`, or to one follow-up that requests a valid one. */
  | ({ readonly kind: 'read-edits'; readonly turnId: TurnId } & OfAttempt)
  /** Leads to `ArtifactsReported`. `offer`: only list them; the user decides whether to fetch them. */
  | ({ readonly kind: 'collect-artifacts'; readonly purpose: 'fetch' | 'offer' } & OfThread)
  /** Read the record of an end that only the stream reported, a bounded number of times. Leads to `EndChecked`. */
  | ({ readonly kind: 'check-end' } & OfTurn)
  /** Leads to `UsageReported`. */
  | ({ readonly kind: 'report-usage' } & OfTurn)
  /** Look up the commits that the attempt started from. Leads to `CommitsRecorded`. */
  | ({ readonly kind: 'record-base' } & OfAttempt);

export type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

export type AgentEffects = readonly Effect[];

/** Identifies an attempt in events and effects. */
export const ofAttempt = (agent: AgentState, attempt: Attempt): OfAttempt => ({
  agentId: agent.id,
  attempt: attempt.number,
  round: attempt.round,
});

/** Identifies the thread of an attempt in effects. */
export const ofThread = (agent: AgentState, attempt: Attempt): OfThread => ({
  ...ofAttempt(agent, attempt),
  runtime: attempt.runtime,
  threadId: attempt.threadId,
});

/** Identifies the work of an effect, so that work in progress is not started twice. */
export function effectKey(effect: Effect): string {
  switch (effect.kind) {
    case 'record':
      return recordKey(effect.event);
    case 'follow':
      return `follow ${effect.turnId}`;
    case 'cancel-run':
      return `cancel-run ${effect.turnId}`;
    case 'check-end':
      return `check-end ${effect.turnId}`;
    case 'answer-request':
      return `answer-request ${effect.requestId}`;
    case 'intend-resume':
      return `intend-resume ${effect.turnId}`;
    case 'send-follow-up':
      return `send-follow-up ${effect.followUpId}`;
    // Both use the same thread id, so they must not run at the same time.
    case 'launch':
    case 'resolve-launch':
      return `launch ${effect.agentId} ${effect.attempt}`;
    case 'report-usage':
      return `report-usage ${effect.turnId}`;
    case 'read-edits':
      return `read-edits ${effect.turnId}`;
    case 'intend-follow-up':
      return `intend-follow-up ${effect.gateId}`;
    case 'intend-launch':
    case 'schedule-retry':
    case 'hand-off':
    case 'collect-artifacts':
    case 'record-base':
      return `${effect.kind} ${effect.agentId} ${effect.attempt}`;
    default:
      return effect satisfies never;
  }
}

/** Several connections of one agent may be decided at the same time. */
function recordKey(event: LifecycleEvent): string {
  const agent = 'agentId' in event ? event.agentId : '';
  const connection = 'connectionId' in event ? ` ${event.connectionId}` : '';
  return `record ${event.type} ${agent}${connection}`;
}
