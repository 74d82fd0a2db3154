import type { PermissionRule } from '../permissions/tool-request.ts';
import type { AgentId, ConnectionId } from '../workflow/ids.ts';
import type { Workflow } from '../workflow/schema.ts';
import type { EnhanceState } from './enhance/enhance-state.ts';
import type {
  Branch,
  Budget,
  FactSource,
  Failure,
  LocalStart,
  ProviderTable,
  RepositoryTarget,
  RunOutcome,
  RuntimeId,
  SessionEventOf,
  StoredArtifact,
  Usage,
} from './events.ts';
import type { FlowState } from './flow/flow-state.ts';
import type { FollowUpId, SessionId, ThreadId, TurnId } from './ids.ts';
import type { ToolRequests } from './requests/request-state.ts';

/**
 * A session as data: the fold over its events. It is plain JSON, so that the journal can store it next to them. Long
 * texts that only one step needs (prompts, hand-offs) stay in their events.
 */
export type SessionState = {
  readonly id: SessionId;
  /** As it is now: Loop & Enhance edits this copy of it between two rounds. */
  readonly workflow: Workflow;
  readonly workflowPath: string | null;
  readonly mode: 'cloud' | 'local';
  readonly backend: { readonly kind: 'cursor' | 'rehearsal'; readonly url: string };
  readonly accountId: string | null;
  readonly repositories: readonly RepositoryTarget[];
  readonly autoCreatePr: boolean;
  readonly maxConcurrentAgents: number;
  readonly maxAttempts: number;
  /** How agents work on this machine; null when none does. */
  readonly local: LocalStart | null;
  /** What names of providers stand for; null in older sessions, where every agent is of Cursor. */
  readonly providers: ProviderTable | null;
  readonly startedAt: number;
  readonly phase: SessionPhase;
  /** A person asked for the whole session to be cancelled. Stays true after the end: it explains the outcome. */
  readonly isCancelRequested: boolean;
  readonly isDismissed: boolean;
  /** In the order of the document; then those that were taken out of it, and the planner. */
  readonly agents: readonly AgentState[];
  readonly handoffs: readonly StoredHandoff[];
  /** From answers to tool requests that count for more than one call. */
  readonly toolRules?: readonly PermissionRule[];
  /** What it may use; absent: without limit. */
  readonly budget?: Budget;
  /** Which ways it goes: decisions, approvals and rounds. */
  readonly flow: FlowState;
  /** Rounds over the whole workflow; null if it has only one. */
  readonly enhance: EnhanceState | null;
};

export type SessionPhase =
  | { readonly kind: 'active' }
  /** Nothing new is launched before a person says so; what runs in the cloud is still followed. */
  | { readonly kind: 'held'; readonly reason: SessionEventOf<'SessionHeld'>['reason'] }
  | { readonly kind: 'ended'; readonly outcome: SessionOutcome; readonly at: number };

export type SessionOutcome = SessionEventOf<'SessionEnded'>['outcome'];
export type Settlement = SessionEventOf<'AgentSettled'>['outcome'];

export type AgentState = {
  readonly id: AgentId;
  /** Of its present activation; loops make further ones. */
  readonly round: number;
  readonly phase: AgentPhase;
  readonly attempts: readonly Attempt[];
  readonly cancel: null | { readonly at: number; readonly unconfirmed: Failure | null };
  readonly changedAt: number;
};

export type AgentPhase =
  | { readonly kind: 'waiting'; readonly deferred: Deferral | null }
  /** The intent is on disk; whether the thread exists is not known before `Launched` or `LaunchRejected`. */
  | {
      readonly kind: 'launching';
      readonly deferred: Deferral | null;
      readonly uncertain: Failure | null;
      readonly rejected: Failure | null;
    }
  /** The attempt's newest turn is alive, or has ended and waits for what follows from that. */
  | { readonly kind: 'running' }
  | {
      readonly kind: 'following-up';
      readonly followUpId: FollowUpId;
      readonly purpose: FollowUpPurpose;
      readonly rejected: Failure | null;
      /** What the message asks for next to its text; in force once it was sent. */
      readonly options?: Partial<Pick<Attempt, 'modelParameters' | 'mode'>> & {
        readonly model?: string;
      };
    }
  | {
      readonly kind: 'settled';
      readonly outcome: Settlement;
      readonly cause: SettlementCause | null;
      readonly at: number;
    };

export type Deferral = Pick<SessionEventOf<'LaunchDeferred'>, 'reason' | 'until' | 'failure'>;
export type SettlementCause = NonNullable<SessionEventOf<'AgentSettled'>['cause']>;
export type FollowUpPurpose = SessionEventOf<'FollowUpIntended'>['purpose'];

/** One try of one activation: a thread with one turn, and more turns where follow-ups were sent. */
export type Attempt = {
  /** Counts over all rounds of the agent. */
  readonly number: number;
  readonly round: number;
  readonly runtime: RuntimeId;
  /** The entry of the provider library. */
  readonly provider?: string;
  /** Whose key it runs with, as a hash; null if that is not known. */
  readonly account: string | null;
  readonly threadId: ThreadId;
  readonly agentUrl: string | null;
  /** As asked for: Cursor does not tell which is in force. A follow-up may have changed it. */
  readonly model: string | null;
  readonly modelParameters?: Readonly<Record<string, string>>;
  readonly mode?: 'agent' | 'plan';
  readonly requestHash: string;
  readonly repositories: readonly RepositoryTarget[];
  readonly intendedAt: number;
  readonly launchedAt: number | null;
  readonly turns: readonly Turn[];
  /** The attempt whose thread it continues in, by a follow-up; absent for one with a thread of its own. */
  readonly continues?: { readonly attempt: number; readonly followUpId: FollowUpId };
  /** Why the thread of the round before could not be used. */
  readonly replaced?: Failure;
  /** Tool calls of its newest turn that asked a person. */
  readonly requests?: ToolRequests;
  /** Its work was handed on once; what a person asks for afterward takes nothing away from that. */
  readonly isDelivered?: true;
  readonly branches: readonly Branch[];
  /** The folder that it works in on this machine; absent in the cloud, and until it is known. */
  readonly folder?: string;
  readonly baseCommits: readonly Commit[] | null;
  readonly connection: {
    readonly kind: 'live' | 'reconnecting' | 'unknown';
    readonly reason: string | null;
    /** What a person has to fix before the turn can be followed again. */
    readonly failure: Failure | null;
    readonly at: number;
  };
  readonly artifacts: {
    readonly state: 'pending' | SessionEventOf<'ArtifactsReported'>['state'];
    readonly files: readonly StoredArtifact[];
    /** Fetched of earlier attempts and turns; absent when nothing is known of them. */
    readonly earlier?: readonly StoredArtifact[];
    readonly failure: Failure | null;
  };
};

export type Commit = { readonly repoUrl: string; readonly ref: string; readonly commit: string };
export type UsageState = {
  readonly state: SessionEventOf<'UsageReported'>['state'];
  readonly usage: Usage | null;
  readonly chargedCents: number | null;
};

export type Turn = {
  readonly id: TurnId;
  readonly purpose: 'initial' | FollowUpPurpose;
  readonly status: SessionEventOf<'RunObserved'>['status'];
  /** `open` until the stream was read to its end, or until the rest of it cannot be had. */
  readonly stream: 'open' | 'complete' | 'incomplete';
  readonly startedAt: number;
  readonly ended: TurnEnding | null;
  readonly usage: UsageState | null;
};

export type TurnEnding = {
  readonly outcome: RunOutcome;
  readonly result: string | null;
  readonly durationMs: number | null;
  readonly failure: Failure | null;
  readonly source: FactSource;
  readonly whileAway: boolean;
  readonly at: number;
  /**
   * Whether the record agrees with an end that only the stream announced. `open`: it is still being asked;
   * `unanswered`: it kept saying that the run is alive. Null if nothing has to be checked.
   */
  readonly check: 'open' | 'confirmed' | 'contradicted' | 'unanswered' | null;
};

/** That a hand-off exists; its content stays in its `HandoffStored` event. */
export type StoredHandoff = {
  readonly connectionId: ConnectionId;
  readonly sourceAgentId: AgentId;
  readonly targetAgentId: AgentId;
  readonly attempt: number;
  readonly branches: readonly Branch[];
};
