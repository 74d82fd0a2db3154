import type { RawItem } from '../transcript/item.ts';

/**
 * What a provider offers to the engine. One folder per provider holds all of its quirks; nothing above this
 * file knows what Cursor's API looks like. Every call settles within a bounded time and returns expected
 * failures as values; it throws only for bugs.
 */

/** `code` is ours and stable (`docs/errors.md`); `message` says what happened, `suggestion` what to do. */
export type ProviderError = {
  readonly code: ProviderErrorCode;
  readonly message: string;
  readonly suggestion?: string;
  /** How long the provider asked us to wait, if it did. */
  readonly retryAfterMs?: number;
  /** A page that helps, e.g. where to connect GitHub. It comes from the provider: show it, never open it by itself. */
  readonly helpUrl?: string;
};

export type ProviderErrorCode =
  | 'unauthorized' // key missing, wrong or revoked: ask for a key
  | 'forbidden' // plan, role or feature does not allow it
  | 'integration_not_connected' // e.g. GitHub is not connected for the key's user
  | 'rate_limited' // wait, then repeat
  | 'usage_limit' // spending or plan limit reached: wait for the person, not a failure
  | 'invalid_request' // the provider refused the request as it stands
  | 'invalid_model'
  | 'repository_unavailable' // missing, not accessible, or branch does not exist
  | 'not_found' // the provider does not know this agent or run (any more)
  | 'busy' // the agent has an active run
  | 'archived'
  | 'not_cancellable' // already ended
  | 'feature_unavailable'
  | 'unreachable' // network, timeout, 5xx, something that is not the API: nothing is known
  | 'protocol' // answered, but not in a shape that we understand
  | 'host_failed'; // the provider's own process died in the middle of the call

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ProviderError };

/** What a turn asks of the model. What is absent stays as the provider has it. */
export type TurnOptions = {
  readonly model?: string;
  /** Values of the model's parameters by their ids. */
  readonly modelParameters?: Readonly<Record<string, string>>;
  readonly mode?: 'agent' | 'plan';
};

/** A picture: its address, or its bytes in Base64 with their type. */
export type PromptImage = {
  readonly url?: string;
  readonly data?: string;
  readonly mimeType?: string;
};

/** An agent that the launched one may call upon. */
export type Subagent = {
  readonly name: string;
  readonly description: string;
  readonly prompt: string;
  /** An id, or `inherit`. */
  readonly model?: string;
  readonly modelParameters?: Readonly<Record<string, string>>;
};

export type LaunchRequest = TurnOptions & {
  /**
   * Minted by us; the provider uses it as is, so repeating the request can never make a second agent. With
   * `variables` Cursor takes no id and chooses one: the caller then looks for the agent by `metadata` before it
   * repeats a request.
   */
  readonly agentId: string;
  readonly name: string;
  readonly prompt: string;
  readonly images?: readonly PromptImage[];
  readonly subagents?: readonly Subagent[];
  /** Variables of the agent's shell, with their values: secrets, never to be logged. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly repositories: readonly {
    readonly url: string;
    readonly startingRef?: string;
    readonly prUrl?: string;
  }[];
  readonly workOnCurrentBranch?: boolean;
  readonly skipReviewerRequest?: boolean;
  readonly openAsCursorGithubApp?: boolean;
  readonly environment?: { readonly type: 'cloud' | 'pool' | 'machine'; readonly name?: string };
  readonly autoCreatePr: boolean;
  readonly mcpServers?: unknown;
  /** Our session, agent and attempt ids, found again by the reconciler. */
  readonly metadata: Readonly<Record<string, string>>;
};

export type LaunchOutcome =
  /** The agent exists and its run is known. `adopted`: an earlier, lost answer had created it. */
  | {
      readonly kind: 'launched';
      readonly run: RunRecord;
      readonly agentUrl?: string;
      readonly adopted: boolean;
    }
  /** Certainly not created; repeating the same request cannot help. */
  | { readonly kind: 'rejected'; readonly error: ProviderError }
  /** Certainly not created; repeat the same request later. */
  | { readonly kind: 'wait'; readonly error: ProviderError }
  /** May or may not have been created: repeat the same request with the same id. */
  | { readonly kind: 'unknown'; readonly error: ProviderError };

export type RunStatus = 'CREATING' | 'RUNNING' | 'FINISHED' | 'ERROR' | 'CANCELLED' | 'EXPIRED';
export const isTerminal = (status: RunStatus): boolean =>
  status !== 'CREATING' && status !== 'RUNNING';

export type RunRecord = {
  readonly agentId: string;
  readonly runId: string;
  readonly status: RunStatus;
  readonly result?: string;
  readonly durationMs?: number;
  readonly branches: readonly RunBranch[];
  readonly failure?: { readonly code: string; readonly message: string };
  /** What of the record could not be used, in words for people. */
  readonly notes?: readonly string[];
};
export type RunBranch = {
  readonly repoUrl: string;
  readonly branch?: string;
  readonly prUrl?: string;
};

/** An agent as the provider knows it, with its newest run first. */
export type AgentRecord = {
  readonly agentId: string;
  readonly name?: string;
  readonly url?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  readonly archived: boolean;
  readonly latestRun?: RunRecord;
};

/** Items in order and the cursor that may be stored with them: only what lies before it is complete. */
export type ItemBatch = { readonly items: readonly RawItem[]; readonly cursor?: string };

/** What the provider says about a run, from whichever channel says it first. */
export type RunFact = {
  readonly record: RunRecord;
  readonly source: 'stream' | 'record';
  /** The stream announced the end and went away, and the record goes on saying that the run is alive. */
  readonly isUnconfirmed?: boolean;
};

export type FollowObserver = {
  /** Called in order; items may repeat after a reconnect and are told apart by (run, id, kind). */
  onItems(batch: ItemBatch): void;
  /** A newer state of the run; terminal at most once. A trailing frame never overrules a terminal fact. */
  onFact(fact: RunFact): void;
  onConnection(connection: 'live' | 'reconnecting' | 'unknown', reason?: string): void;
  /** The provider was heard from about this run (bytes, heartbeats included, or an answer); at most every 10 s. */
  onHeartbeat?(): void;
  /** Items may be missing here; the run's state has been read afresh. */
  onGap(gap: {
    reason: 'stream_expired' | 'invalid_last_event_id' | 'unreadable' | 'unavailable';
    detail: string;
    runStatus?: RunStatus;
  }): void;
};

export type FollowRequest = {
  readonly agentId: string;
  readonly runId: string;
  /** The stored cursor: reading goes on strictly after it. */
  readonly cursor?: string;
  /** The run is known to have ended; only the rest of its stream is wanted. */
  readonly hasEnded: boolean;
  /** Somebody looks at this run now: its connection goes before others that wait. */
  readonly isUrgent?: () => boolean;
  readonly signal: AbortSignal;
};

/** `complete`: `done` was read. `incomplete`: the rest cannot be had (a gap was reported). `aborted`: by the signal.
 *  `blocked`: nothing more can be read before the error is mended (key refused, agent unknown). */
export type FollowEnd =
  | { readonly kind: 'complete' | 'incomplete' | 'aborted' }
  | { readonly kind: 'blocked'; readonly error: ProviderError };

export type FollowUpRequest = TurnOptions & {
  readonly agentId: string;
  readonly prompt: string;
  readonly mcpServers?: unknown;
  /** Runs of this agent that we already know. After a lost answer any other run is the wanted one. */
  readonly knownRunIds: readonly string[];
  /**
   * Set when the request is repeated after an `unknown` outcome or a crash: a run that we do not know is then
   * taken for ours and adopted before anything is sent. Without it such a run is somebody else's (a person can
   * write to the agent in the provider's own app), and the prompt is sent.
   */
  readonly mayHaveArrived?: boolean;
};

export type RemoteArtifact = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly updatedAt?: string;
};
export type UsageReport = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly totalTokens: number;
  /** Absent until the provider has settled it. */
  readonly chargedCents?: number;
};
export type Account = {
  readonly keyName: string;
  readonly userEmail?: string;
  readonly userName?: string;
  /** Hash that tells accounts apart without revealing the key. */
  readonly identity: string;
};
export type Model = {
  readonly id: string;
  readonly displayName: string;
  readonly aliases: readonly string[];
  /** Absent where the provider does not say which there are. */
  readonly parameters?: readonly { readonly id: string; readonly values: readonly string[] }[];
};

export interface CloudProvider {
  readonly backend: { readonly kind: 'cursor' | 'rehearsal'; readonly url: string };

  launch(request: LaunchRequest): Promise<LaunchOutcome>;
  followUp(request: FollowUpRequest): Promise<LaunchOutcome>;

  readAgent(agentId: string): Promise<Answer<AgentRecord>>;
  readRun(agentId: string, runId: string): Promise<Answer<RunRecord>>;
  /** Rehydrates the SDK's handle for a run and reads its newest state (`Agent.resume` and `Agent.getRun`). */
  reconnect(agentId: string, runId: string): Promise<Answer<RunRecord>>;
  /** Follows a run's stream until its end, through any number of reconnects. */
  follow(request: FollowRequest, observer: FollowObserver): Promise<FollowEnd>;
  /** Asks for cancellation; the run counts as cancelled only when a later fact says so. */
  cancel(agentId: string, runId: string): Promise<Answer<void>>;

  listArtifacts(agentId: string): Promise<Answer<readonly RemoteArtifact[]>>;
  artifactLink(agentId: string, path: string): Promise<Answer<string>>;
  usage(agentId: string, runId: string): Promise<Answer<UsageReport>>;

  /** Agents that carry our metadata, newest first, page by page up to `limit`. */
  listOwnAgents(limit: number): Promise<Answer<readonly AgentRecord[]>>;
  account(): Promise<Answer<Account>>;
  models(): Promise<Answer<readonly Model[]>>;
  /** Cached: the provider allows one call a minute. `refreshedAt` is in milliseconds since the epoch. */
  repositories(options?: {
    refresh?: boolean;
  }): Promise<Answer<{ urls: readonly string[]; refreshedAt: number }>>;

  /** Makes the next launch fast: starts what has to be started. Harmless to repeat; failures show at the launch. */
  warm?(): Promise<void>;
  /** A person does not want to wait: pauses that the provider asked for are tried at once. */
  endPauses?(): void;
  /** After waking from sleep: drop pooled sockets and reconnect every stream at once. */
  wake(): void;
  close(): Promise<void>;
}
