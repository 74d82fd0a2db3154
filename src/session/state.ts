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
 * The state of a session: the fold of its events (`evolve.ts`), from which the next steps are derived (`decide.ts`). It is
 * plain JSON, so that the journal can store it next to the events. Long texts that only one step needs (prompts,
 * hand-offs) stay in their events.
 */
export type SessionState = {
  readonly id: SessionId;
  /** The current version: Loop & Enhance edits this copy between two rounds. */
  readonly workflow: Workflow;
  readonly workflowPath: string | null;
  readonly mode: 'cloud' | 'local';
  readonly backend: { readonly kind: 'cursor' | 'rehearsal'; readonly url: string };
  readonly accountId: string | null;
  readonly repositories: readonly RepositoryTarget[];
  readonly autoCreatePr: boolean;
  readonly maxConcurrentAgents: number;
  readonly maxAttempts: number;
  /** Settings of agents on this machine; null if there are none. */
  readonly local: LocalStart | null;
  /** The provider that each name refers to; null in older sessions, where every agent runs on Cursor. */
  readonly providers: ProviderTable | null;
  readonly startedAt: number;
  readonly phase: SessionPhase;
  /** The user cancelled the whole session. Stays true after the end, because it explains the outcome. */
  readonly isCancelRequested: boolean;
  readonly isDismissed: boolean;
  /** In the order of the document, followed by agents that were removed from it, and the planner. */
  readonly agents: readonly AgentState[];
  readonly handoffs: readonly StoredHandoff[];
  /** From answers to tool requests that apply to more than one call. */
  readonly toolRules?: readonly PermissionRule[];
  /** Absent: no limit. */
  readonly budget?: Budget;
  /** Decisions, approvals and rounds. */
  readonly flow: FlowState;
  /** Rounds of the whole workflow; null without Loop & Enhance. */
  readonly enhance: EnhanceState | null;
};

export type SessionPhase =
  | { readonly kind: 'active' }
  /** Nothing new is launched until the user resumes the session; agents at work are still followed. */
  | { readonly kind: 'held'; readonly reason: SessionEventOf<'SessionHeld'>['reason'] }
  | { readonly kind: 'ended'; readonly outcome: SessionOutcome; readonly at: number };

export type SessionOutcome = SessionEventOf<'SessionEnded'>['outcome'];
export type Settlement = SessionEventOf<'AgentSettled'>['outcome'];

export type AgentState = {
  readonly id: AgentId;
  /** The round of the current activation; loops start further rounds. */
  readonly round: number;
  readonly phase: AgentPhase;
  readonly attempts: readonly Attempt[];
  readonly cancel: null | { readonly at: number; readonly unconfirmed: Failure | null };
  readonly changedAt: number;
};

export type AgentPhase =
  | { readonly kind: 'waiting'; readonly deferred: Deferral | null }
  /** The intent is on disk. Whether the thread exists is unknown until `Launched` or `LaunchRejected`. */
  | {
      readonly kind: 'launching';
      readonly deferred: Deferral | null;
      readonly uncertain: Failure | null;
      readonly rejected: Failure | null;
    }
  /**
   * The newest turn of the attempt is running, or has ended and its result has not been processed yet. `deferred`: it was
   * interrupted, and waits for a slot before it is resumed.
   */
  | { readonly kind: 'running'; readonly deferred?: Deferral }
  | {
      readonly kind: 'following-up';
      readonly followUpId: FollowUpId;
      readonly purpose: FollowUpPurpose;
      readonly rejected: Failure | null;
      /** Model and mode that the message requests; in effect once it is sent. */
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

/** One attempt of one activation: a thread with one turn, and one more turn for each follow-up. */
export type Attempt = {
  /** Counted across all rounds of the agent. */
  readonly number: number;
  readonly round: number;
  readonly runtime: RuntimeId;
  /** The entry of the provider library. */
  readonly provider?: string;
  /** Hash of the owner of the key that it runs with; null if unknown. */
  readonly account: string | null;
  readonly threadId: ThreadId;
  readonly agentUrl: string | null;
  /** As requested: Cursor does not report which model is in use. A follow-up may have changed it. */
  readonly model: string | null;
  readonly modelParameters?: Readonly<Record<string, string>>;
  readonly mode?: 'agent' | 'plan';
  readonly requestHash: string;
  readonly repositories: readonly RepositoryTarget[];
  readonly intendedAt: number;
  readonly launchedAt: number | null;
  readonly turns: readonly Turn[];
  /** The earlier attempt whose thread it continues with a follow-up; absent if it has its own thread. */
  readonly continues?: { readonly attempt: number; readonly followUpId: FollowUpId };
  /** Why the thread of the previous round could not be used. */
  readonly replaced?: Failure;
  /** Tool calls of its newest turn that need the user's permission. */
  readonly requests?: ToolRequests;
  /** Its hand-offs are stored. Later messages from the user do not change that, however their turns end. */
  readonly isDelivered?: true;
  readonly branches: readonly Branch[];
  /** Its working folder on this machine; absent in the cloud, and until it is known. */
  readonly folder?: string;
  readonly baseCommits: readonly Commit[] | null;
  readonly connection: {
    readonly kind: 'live' | 'reconnecting' | 'unknown';
    readonly reason: string | null;
    /** What the user has to fix before the turn can be followed again. */
    readonly failure: Failure | null;
    readonly at: number;
  };
  readonly artifacts: {
    readonly state: 'pending' | SessionEventOf<'ArtifactsReported'>['state'];
    readonly files: readonly StoredArtifact[];
    /** Fetched files of earlier attempts and turns; absent if nothing is known about them. */
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
  /** `open` until the stream has been read to its end, or its rest is unavailable. */
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
   * Whether the turn's record confirms an end that only the stream reported. `open`: not checked yet; `unanswered`: the
   * record still says that the turn is running. Null if there is nothing to check.
   */
  readonly check: 'open' | 'confirmed' | 'contradicted' | 'unanswered' | null;
};

/** A stored hand-off, without its content, which stays in its `HandoffStored` event. */
export type StoredHandoff = {
  readonly connectionId: ConnectionId;
  readonly sourceAgentId: AgentId;
  readonly targetAgentId: AgentId;
  readonly attempt: number;
  readonly branches: readonly Branch[];
};
