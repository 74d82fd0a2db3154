import type { ToolAnswer } from '../permissions/tool-request.ts';
import type { FollowEnd, FollowObserver, FollowRequest } from './follow-types.ts';
import type { Result } from './provider-error.ts';
import type { ThreadRecord, TurnRecord, UsageReport } from './turn-records.ts';
import type { FollowUpRequest, LaunchOutcome, LaunchRequest } from './turn-requests.ts';

/**
 * The interface between the engine and runtimes. A thread is a conversation with one agent; a turn is a prompt to a thread
 * and the work that follows. The peculiarities of each runtime stay in its own folder. Every call settles within a bounded
 * time and returns expected failures as values; it throws only for bugs.
 */

/** Stored with every attempt, so the meaning of an id never changes. */
const runtimeIds = [
  'cursor-cloud',
  'cursor-local',
  'claude',
  'codex',
  'openai-compatible',
] as const;
export type RuntimeId = (typeof runtimeIds)[number];

/** What a runtime supports. The engine decides by these flags, never by the runtime's id. */
export type RuntimeCapabilities = {
  readonly runsOn: 'cloud' | 'this-machine';
  /** The runtime chooses the ids of threads itself. Otherwise it uses ours, which begin with `threadIdPrefix`. */
  readonly mintsThreadId: boolean;
  readonly threadIdPrefix: string;
  /** Has artifacts outside the repository that can be listed and downloaded. */
  readonly artifacts: boolean;
  /** Clones repositories itself. Otherwise it works in a folder of this machine (`WorkspaceRequest`). */
  readonly repositories: boolean;
  /** Can list the available models. */
  readonly models: boolean;
  readonly usage: 'tokens' | 'money';
  /** Can list threads with our metadata, to find those that the journal does not know. */
  readonly orphans: boolean;
  /** Asks for permission before tool calls. */
  readonly toolRequests: boolean;
  /** Accepts messages during a turn. */
  readonly steering: boolean;
  /** Can be required to answer according to a JSON Schema. */
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
  /** A hash that identifies the account without revealing the key. */
  readonly identity: string;
};
export type Model = {
  readonly id: string;
  readonly displayName: string;
  readonly aliases: readonly string[];
  /** Absent if the provider does not list them. */
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
  /** Requests cancellation; the turn counts as cancelled only once a later fact reports it. */
  cancel(threadId: string, turnId: string): Promise<Result<void>>;
  /** Closes a thread and removes its working folder, unless that contains work that is on no branch. */
  closeThread?(threadId: string): Promise<Result<void>>;
  /**
   * Answers a tool request. Idempotent; `request_ended` if there is another answer or none is needed any more. Only with
   * the capability `toolRequests`.
   */
  answerRequest?(
    threadId: string,
    turnId: string,
    requestId: string,
    answer: ToolAnswer,
  ): Promise<Result<void>>;
  /** The prompt that resumes an interrupted turn on the same thread. Only if turns can be interrupted. */
  resumePrompt?(threadId: string, turnId: string): Promise<Result<string>>;

  /** Only with the capability `artifacts`. */
  listArtifacts(threadId: string): Promise<Result<readonly RemoteArtifact[]>>;
  artifactLink(threadId: string, path: string): Promise<Result<string>>;
  usage(threadId: string, turnId: string): Promise<Result<UsageReport>>;

  /** Threads with our metadata, newest first, at most `limit`. Only with the capability `orphans`. */
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

  /** Prepares for a fast launch. Harmless to repeat; failures show at the launch. */
  warm?(): Promise<void>;
  /** Ends pauses that the provider asked for and retries at once, because the user does not want to wait. */
  endPauses?(): void;
  /** Called after the machine wakes from sleep: drops pooled sockets and reconnects every stream at once. */
  wake(): void;
  close(): Promise<void>;
}
