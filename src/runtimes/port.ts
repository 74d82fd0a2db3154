import type {
  PermissionPolicy,
  ToolAnswer,
  ToolRequest,
  ToolRequestEnd,
} from '../permissions/tool-request.ts';
import type { RawItem } from '../transcript/item.ts';

/**
 * What a runtime offers to the engine: threads, which are conversations with one agent, and turns, which are a prompt
 * to a thread and the work that follows. One folder per runtime holds all of its quirks; nothing above this file knows
 * what Cursor's API looks like. Every call settles within a bounded time and returns expected failures as values; it
 * throws only for bugs.
 */

/** Recorded with every attempt: it never changes what an id stands for. */
export const runtimeIds = [
  'cursor-cloud',
  'cursor-local',
  'claude',
  'codex',
  'openai-compatible',
] as const;
export type RuntimeId = (typeof runtimeIds)[number];

/** What a runtime can do. The engine asks for nothing that is not here, and never looks at the id instead. */
export type RuntimeCapabilities = {
  readonly runsOn: 'cloud' | 'this-machine';
  /** The runtime chooses the ids of threads itself. Otherwise it uses ours, which begin with `threadIdPrefix`. */
  readonly mintsThreadId: boolean;
  readonly threadIdPrefix: string;
  /** Keeps files outside the repository that can be listed and downloaded. */
  readonly artifacts: boolean;
  /** Clones repositories itself. Otherwise it works in a folder of this machine (`WorkspaceRequest`). */
  readonly repositories: boolean;
  /** Can tell which models there are. */
  readonly models: boolean;
  readonly usage: 'tokens' | 'money';
  /** Lists threads that carry our metadata, so that those which the journal does not know can be found. */
  readonly orphans: boolean;
  /** Asks before single tool calls. */
  readonly toolRequests: boolean;
  /** Takes a message while a turn is at work. */
  readonly steering: boolean;
  /** Can be held to a schema. */
  readonly structuredOutput: boolean;
  readonly mcp: boolean;
};

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
  | 'not_found' // the runtime does not know this thread or turn (any more)
  | 'busy' // the thread has an active turn
  | 'archived'
  | 'not_cancellable' // already ended
  | 'request_ended' // a tool request that was answered otherwise, or that nobody waits for any more
  | 'feature_unavailable'
  | 'harness_missing' // the program that runs the agents has to be fetched first
  | 'harness_too_old'
  | 'disk_full' // nothing can be written down on this machine, so nothing is begun
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
  /** JSON Schema of an object that the turn's last message has to be. Only with the capability `structuredOutput`. */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
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
   * Minted by us; the runtime uses it as is, so repeating the request can never make a second thread. With
   * `variables` Cursor takes no id and chooses one: the caller then looks for the thread by `metadata` before it
   * repeats a request.
   */
  readonly threadId: string;
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
  /** The entry of the provider library whose key and address are used; they are looked up when the request is sent. */
  readonly provider?: string;
  /** Where to work, for runtimes that work on this machine. */
  readonly workspace?: WorkspaceRequest;
  /** The agent's tools may change nothing outside its folder; a runtime that cannot hold them to that refuses. */
  readonly isConfined?: boolean;
  /** What its tools may do, for runtimes that ask before single tool calls (`toolRequests`). */
  readonly permissions?: PermissionPolicy;
  /** Our session, agent and attempt ids, found again by the reconciler. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** The folder that a local attempt works in. The same session, agent and attempt always get the same one. */
export type WorkspaceRequest = {
  readonly sessionId: string;
  readonly sessionPrefix: string;
  readonly workflowName: string;
  readonly agentName: string;
  /** Tells agents of one name apart; without it the name is taken. */
  readonly agentId?: string;
  readonly attempt: number;
  /** The person's folder; absolute. */
  readonly folder: string;
  readonly isolation: 'worktree' | 'in-place';
  /** Uncommitted changes of the folder belong to what the agents start from. */
  readonly carryUncommitted: boolean;
  /** Commands to run before the first turn. */
  readonly setup: readonly string[];
  /** Ignored files to copy, such as `.env`. */
  readonly copy: readonly string[];
  /** Branches of upstream agents, in order: the first is the base, the others are merged. */
  readonly bases: readonly {
    readonly agentName: string;
    readonly repoUrl?: string;
    readonly branch: string;
    readonly commit?: string;
  }[];
  /** How much of uncommitted files is carried at most. */
  readonly sizeCapBytes?: number;
};

export type LaunchOutcome =
  /** The thread exists and its turn is known. `adopted`: an earlier, lost answer had created it. */
  | {
      readonly kind: 'launched';
      readonly turn: TurnRecord;
      readonly agentUrl?: string;
      readonly adopted: boolean;
    }
  /** Certainly not created; repeating the same request cannot help. */
  | { readonly kind: 'rejected'; readonly error: ProviderError }
  /** Certainly not created; repeat the same request later. */
  | { readonly kind: 'wait'; readonly error: ProviderError }
  /** May or may not have been created: repeat the same request with the same id. */
  | { readonly kind: 'unknown'; readonly error: ProviderError };

export type TurnStatus =
  | 'CREATING'
  | 'RUNNING'
  | 'FINISHED'
  | 'ERROR'
  | 'CANCELLED'
  | 'EXPIRED'
  /** Its process ended in the middle of the work, which can be taken up by a further turn (`resumePrompt`). */
  | 'INTERRUPTED';
export const isTerminal = (status: TurnStatus): boolean =>
  status !== 'CREATING' && status !== 'RUNNING';

export type TurnRecord = {
  readonly threadId: string;
  readonly turnId: string;
  readonly status: TurnStatus;
  readonly result?: string;
  readonly durationMs?: number;
  readonly branches: readonly TurnBranch[];
  /** Where the agent works on this machine, once that is known. */
  readonly folder?: string;
  readonly failure?: { readonly code: string; readonly message: string };
  /** What of the record could not be used, in words for people. */
  readonly notes?: readonly string[];
  /** Of an interrupted turn: calls whose result was not recorded, so that they may or may not have taken effect. */
  readonly unfinishedCalls?: readonly {
    readonly callId: string;
    readonly name: string;
    readonly args: unknown;
  }[];
  /** On which commits the thread began, where the runtime itself knows. */
  readonly baseCommits?: readonly {
    readonly repoUrl: string;
    readonly ref: string;
    readonly commit: string;
  }[];
};
export type TurnBranch = {
  readonly repoUrl: string;
  readonly branch?: string;
  readonly prUrl?: string;
  readonly commit?: string;
};

/** A thread as the runtime knows it, with its newest turn first. */
export type ThreadRecord = {
  readonly threadId: string;
  readonly name?: string;
  readonly url?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  readonly archived: boolean;
  readonly latestTurn?: TurnRecord;
};

/** Items in order and the cursor that may be stored with them: only what lies before it is complete. */
export type ItemBatch = { readonly items: readonly RawItem[]; readonly cursor?: string };

/** What the runtime says about a turn, from whichever channel says it first. */
export type TurnFact = {
  readonly record: TurnRecord;
  readonly source: 'stream' | 'record';
  /** The stream announced the end and went away, and the record goes on saying that the run is alive. */
  readonly isUnconfirmed?: boolean;
};

export type FollowObserver = {
  /** Called in order; items may repeat after a reconnect and are told apart by (turn, id, kind). */
  onItems(batch: ItemBatch): void;
  /** A newer state of the turn; terminal at most once. A trailing frame never overrules a terminal fact. */
  onFact(fact: TurnFact): void;
  /**
   * A tool call waits for an answer. Told in order with the items, and again by every reading while it is open: known
   * by its id.
   */
  onRequest?(request: ToolRequest): void;
  /** It waits no longer. */
  onRequestEnded?(end: ToolRequestEnd): void;
  onConnection(connection: 'live' | 'reconnecting' | 'unknown', reason?: string): void;
  /** The runtime was heard from about this turn (bytes, heartbeats included, or an answer); at most every 10 s. */
  onHeartbeat?(): void;
  /** Items may be missing here; the turn's state has been read afresh. */
  onGap(gap: {
    reason: 'stream_expired' | 'invalid_last_event_id' | 'unreadable' | 'unavailable';
    detail: string;
    turnStatus?: TurnStatus;
  }): void;
};

export type FollowRequest = {
  readonly threadId: string;
  readonly turnId: string;
  /** The stored cursor: reading goes on strictly after it. */
  readonly cursor?: string;
  /** The turn is known to have ended; only the rest of its stream is wanted. */
  readonly hasEnded: boolean;
  /** Somebody looks at this turn now: its connection goes before others that wait. */
  readonly isUrgent?: () => boolean;
  readonly signal: AbortSignal;
};

/** `complete`: `done` was read. `incomplete`: the rest cannot be had (a gap was reported). `aborted`: by the signal.
 *  `blocked`: nothing more can be read before the error is mended (key refused, thread unknown). */
export type FollowEnd =
  | { readonly kind: 'complete' | 'incomplete' | 'aborted' }
  | { readonly kind: 'blocked'; readonly error: ProviderError };

export type FollowUpRequest = TurnOptions & {
  readonly threadId: string;
  /** Minted by us. Where the runtime keeps it, repeating the request starts nothing twice. */
  readonly followUpId: string;
  readonly purpose:
    | 'handoff-repair'
    | 'message'
    | 'resume'
    | 'decision'
    | 'changes'
    | 'carry-out'
    | 'round';
  readonly prompt: string;
  readonly mcpServers?: unknown;
  /** As in the launch. */
  readonly provider?: string;
  /** Turns of this thread that we already know. After a lost answer any other turn is the wanted one. */
  readonly knownTurnIds: readonly string[];
  /**
   * Set when the request is repeated after an `unknown` outcome or a crash: a turn that we do not know is
   * then taken for ours and adopted before anything is sent. Without it such a turn is somebody else's (a person can
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
  /** Fresh: those of the cache are counted apart. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Contained in `outputTokens`. */
  readonly reasoningTokens?: number | undefined;
  readonly totalTokens: number;
  /** Absent: unknown, never zero. */
  readonly costUsd?: number | undefined;
  readonly costSource?: 'reported' | 'price-table' | undefined;
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

export interface Runtime {
  readonly id: RuntimeId;
  readonly capabilities: RuntimeCapabilities;
  readonly backend: { readonly kind: 'cursor' | 'rehearsal'; readonly url: string };

  launch(request: LaunchRequest): Promise<LaunchOutcome>;
  followUp(request: FollowUpRequest): Promise<LaunchOutcome>;

  readThread(threadId: string): Promise<Answer<ThreadRecord>>;
  readTurn(threadId: string, turnId: string): Promise<Answer<TurnRecord>>;
  /** Rehydrates the handle for a turn and reads its newest state (Cursor: `Agent.resume` and `Agent.getRun`). */
  reconnect(threadId: string, turnId: string): Promise<Answer<TurnRecord>>;
  /** Follows a turn's stream until its end, through any number of reconnects. */
  follow(request: FollowRequest, observer: FollowObserver): Promise<FollowEnd>;
  /** Asks for cancellation; the turn counts as cancelled only when a later fact says so. */
  cancel(threadId: string, turnId: string): Promise<Answer<void>>;
  /** Nothing more will be asked of a thread: its working folder goes, unless work is in it that no branch has. */
  closeThread?(threadId: string): Promise<Answer<void>>;
  /**
   * Answers a tool request. The same answer again changes nothing; `request_ended` when another one came first or
   * nobody waits for it any more. Only with the capability `toolRequests`.
   */
  answerRequest?(
    threadId: string,
    turnId: string,
    requestId: string,
    answer: ToolAnswer,
  ): Promise<Answer<void>>;
  /** The prompt that takes up an interrupted turn on the same thread. Only where turns can be interrupted. */
  resumePrompt?(threadId: string, turnId: string): Promise<Answer<string>>;

  /** Only with the capability `artifacts`. */
  listArtifacts(threadId: string): Promise<Answer<readonly RemoteArtifact[]>>;
  artifactLink(threadId: string, path: string): Promise<Answer<string>>;
  usage(threadId: string, turnId: string): Promise<Answer<UsageReport>>;

  /** Threads that carry our metadata, newest first, page by page up to `limit`. Only with the capability `orphans`. */
  listOwnThreads(limit: number): Promise<Answer<readonly ThreadRecord[]>>;
  account(): Promise<Answer<Account>>;
  /** Only with the capability `models`. */
  models(): Promise<Answer<readonly Model[]>>;
  /**
   * Only with the capability `repositories`. Cached: the provider allows one call a minute. `refreshedAt` is in
   * milliseconds since the epoch.
   */
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
