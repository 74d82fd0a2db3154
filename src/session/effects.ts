import type { AgentId } from '../workflow/ids.ts';
import type { Failure, LifecycleEvent } from './events.ts';
import type { CursorAgentId, CursorRunId, FollowUpId } from './ids.ts';

/**
 * What the engine is to do for a session now. Effects are levels, not edges: each is asked for until an event
 * says that it was carried out, and never after that. Two effects with the same `effectKey` are the same work.
 */
export type Effect =
  /** Store this event now; it follows from the state alone. */
  | { readonly kind: 'record'; readonly event: LifecycleEvent }
  /** Mint an id and store the intent, if the limits allow it. Leads to `LaunchIntended` or `LaunchDeferred`. */
  | {
      readonly kind: 'intend-launch';
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly notBefore: number | null;
    }
  /** Wait before a new attempt of an agent that failed. Leads to `LaunchDeferred` with reason `retry`. */
  | {
      readonly kind: 'schedule-retry';
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly failure: Failure;
    }
  /** Create the agent on Cursor, or find out that it is there. Leads to `Launched` or `LaunchRejected`. */
  | {
      readonly kind: 'launch';
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly cursorAgentId: CursorAgentId;
      readonly notBefore: number | null;
    }
  /** Cancelled before it was known to exist: look whether it does, create nothing. Leads to the same events. */
  | {
      readonly kind: 'resolve-launch';
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly cursorAgentId: CursorAgentId;
    }
  /** Read a run's stream from its cursor to its end. Leads to `RunEnded` and `StreamEnded`. */
  | {
      readonly kind: 'follow';
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly cursorAgentId: CursorAgentId;
      readonly cursorRunId: CursorRunId;
      readonly hasEnded: boolean;
    }
  /** Ask Cursor to cancel a run, a bounded number of times. Leads to `RunEnded` or `CancelUnconfirmed`. */
  | {
      readonly kind: 'cancel-run';
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly cursorAgentId: CursorAgentId;
      readonly cursorRunId: CursorRunId;
    }
  /** Send a stored follow-up prompt. Leads to `FollowUpSent` or `FollowUpRejected`. */
  | {
      readonly kind: 'send-follow-up';
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly cursorAgentId: CursorAgentId;
      readonly followUpId: FollowUpId;
    }
  /** Make the hand-offs of a finished run. Leads to `HandoffStored` and `AgentSettled`, or to one repair. */
  | { readonly kind: 'hand-off'; readonly agentId: AgentId; readonly attempt: number }
  /** Leads to `ArtifactsReported`. `offer`: only list them, a person decides. */
  | {
      readonly kind: 'collect-artifacts';
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly cursorAgentId: CursorAgentId;
      readonly purpose: 'fetch' | 'offer';
    }
  /** Ask the record about an end that only the stream announced, a bounded number of times. Leads to `EndChecked`. */
  | {
      readonly kind: 'check-end';
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly cursorAgentId: CursorAgentId;
      readonly cursorRunId: CursorRunId;
    }
  /** Leads to `UsageReported`. */
  | {
      readonly kind: 'report-usage';
      readonly agentId: AgentId;
      readonly attempt: number;
      readonly cursorAgentId: CursorAgentId;
      readonly cursorRunId: CursorRunId;
    }
  /** Find out on which commits the attempt began. Leads to `CommitsRecorded`. */
  | { readonly kind: 'record-base'; readonly agentId: AgentId; readonly attempt: number };

export type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/** Names the work behind an effect, so that work in flight is not started a second time. */
export function effectKey(effect: Effect): string {
  switch (effect.kind) {
    case 'record':
      return `record ${effect.event.type} ${'agentId' in effect.event ? effect.event.agentId : ''}`;
    case 'follow':
      return `follow ${effect.cursorRunId}`;
    case 'cancel-run':
      return `cancel-run ${effect.cursorRunId}`;
    case 'check-end':
      return `check-end ${effect.cursorRunId}`;
    case 'send-follow-up':
      return `send-follow-up ${effect.followUpId}`;
    // Both ask Cursor about the same id: never at the same time.
    case 'launch':
    case 'resolve-launch':
      return `launch ${effect.agentId} ${effect.attempt}`;
    case 'report-usage':
      return `report-usage ${effect.cursorRunId}`;
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
