import type { ToolAnswer } from '../permissions/tool-request.ts';
import type { Result } from './provider-error.ts';
import type { FollowEnd, FollowObserver, FollowRequest } from './turn-reading.ts';
import type { ThreadRecord, TurnRecord, UsageReport } from './turn-records.ts';
import type { FollowUpRequest, LaunchOutcome, LaunchRequest } from './turn-requests.ts';

/**
 * What a runtime offers to the engine: threads, which are conversations with one agent, and turns, which are a prompt
 * to a thread and the work that follows. One folder per runtime holds all of its quirks; nothing above this file knows
 * what Cursor's API looks like. Every call settles within a bounded time and returns expected failures as values; it
 * throws only for bugs.
 */

/** Recorded with every attempt: it never changes what an id stands for. */
const runtimeIds = [
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

export type RemoteArtifact = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly updatedAt?: string;
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
  /** Absent if the provider does not say which there are. */
  readonly parameters?: readonly { readonly id: string; readonly values: readonly string[] }[];
};

export interface Runtime {
  readonly id: RuntimeId;
  readonly capabilities: RuntimeCapabilities;
  readonly backend: { readonly kind: 'cursor' | 'rehearsal'; readonly url: string };

  launch(request: LaunchRequest): Promise<LaunchOutcome>;
  followUp(request: FollowUpRequest): Promise<LaunchOutcome>;

  readThread(threadId: string): Promise<Result<ThreadRecord>>;
  readTurn(threadId: string, turnId: string): Promise<Result<TurnRecord>>;
  /** Rehydrates the handle for a turn and reads its newest state (Cursor: `Agent.resume` and `Agent.getRun`). */
  reconnect(threadId: string, turnId: string): Promise<Result<TurnRecord>>;
  /** Follows a turn's stream until its end, through any number of reconnects. */
  follow(request: FollowRequest, observer: FollowObserver): Promise<FollowEnd>;
  /** Asks for cancellation; the turn counts as cancelled only when a later fact says so. */
  cancel(threadId: string, turnId: string): Promise<Result<void>>;
  /** Nothing more will be asked of a thread: its working folder goes, unless work is in it that no branch has. */
  closeThread?(threadId: string): Promise<Result<void>>;
  /**
   * Answers a tool request. The same answer again changes nothing; `request_ended` when another one came first or
   * nobody waits for it anymore. Only with the capability `toolRequests`.
   */
  answerRequest?(
    threadId: string,
    turnId: string,
    requestId: string,
    answer: ToolAnswer,
  ): Promise<Result<void>>;
  /** The prompt that takes up an interrupted turn on the same thread. Only where turns can be interrupted. */
  resumePrompt?(threadId: string, turnId: string): Promise<Result<string>>;

  /** Only with the capability `artifacts`. */
  listArtifacts(threadId: string): Promise<Result<readonly RemoteArtifact[]>>;
  artifactLink(threadId: string, path: string): Promise<Result<string>>;
  usage(threadId: string, turnId: string): Promise<Result<UsageReport>>;

  /** Threads that carry our metadata, newest first, page by page up to `limit`. Only with the capability `orphans`. */
  listOwnThreads(limit: number): Promise<Result<readonly ThreadRecord[]>>;
  account(): Promise<Result<Account>>;
  /** Only with the capability `models`. */
  models(): Promise<Result<readonly Model[]>>;
  /**
   * Only with the capability `repositories`. Cached: the provider allows one call a minute. `refreshedAt` is in
   * milliseconds since the epoch.
   */
  repositories(options?: {
    refresh?: boolean;
  }): Promise<Result<{ urls: readonly string[]; refreshedAt: number }>>;

  /** Makes the next launch fast: starts what has to be started. Harmless to repeat; failures show at the launch. */
  warm?(): Promise<void>;
  /** A person does not want to wait: pauses that the provider asked for are tried at once. */
  endPauses?(): void;
  /** After waking from sleep: drop pooled sockets and reconnect every stream at once. */
  wake(): void;
  close(): Promise<void>;
}
