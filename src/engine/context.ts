import type { HandoffChecker } from '../handoff/checker.ts';
import type { Journal } from '../journal/types.ts';
import type { RemoteArtifact, Runtime, RuntimeId } from '../runtimes/port.ts';
import type { Result } from '../runtimes/provider-error.ts';
import type { Failure, ProviderTable, StoredArtifact } from '../session/events.ts';
import type { FollowUpId, SessionId, ThreadId } from '../session/ids.ts';
import type { AgentId } from '../workflow/ids.ts';
import type { McpServer } from '../workflow/schema/settings.ts';
import type { LocalMachine } from './start/local-machine.ts';

/** The clock of the engine; tests inject their own. */
export type Clock = {
  now(): number;
  /** Monotonic milliseconds, which may stop while the machine sleeps. */
  monotonic(): number;
  /** Resolves after `ms`, or immediately when the signal fires. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export type Ids = {
  session(): SessionId;
  thread(prefix: string): ThreadId;
  followUp(): FollowUpId;
};

/**
 * Looks up the commits of refs in one repository; `null` means its HEAD. The result lacks refs that git cannot resolve
 * within its deadline.
 */
export type CommitLookup = (
  repoUrl: string,
  refs: readonly (string | null)[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string | null, string>>;

/**
 * Downloads the artifacts of one attempt. Returns one entry per item of `list`, with a file or an error. `earlier`: the
 * files of earlier attempts and turns of the agent, which stay on disk.
 */
export type ArtifactFetcher = (request: {
  readonly sessionId: SessionId;
  readonly agentId: AgentId;
  readonly attempt: number;
  /** How many turns of the attempt have ended. */
  readonly turn: number;
  readonly list: readonly RemoteArtifact[];
  readonly linkFor: (path: string) => Promise<Result<string>>;
  readonly signal: AbortSignal;
}) => Promise<{
  readonly artifacts: readonly StoredArtifact[];
  readonly earlier: readonly StoredArtifact[];
}>;

export type Log = {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
};

/** Pushes a branch with the user's own access to git, without uncommitted changes. An error contains git's message. */
export type BranchPush = (request: {
  readonly sessionId: SessionId;
  readonly folder: string;
  readonly branch: string;
  readonly commit?: string;
  readonly remoteUrl: string;
}) => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: Failure }>;

/** Whether agents of a library entry can run now, and which models they can use. */
export type ProviderState = {
  /** Why they cannot; null if they can. */
  readonly failure: Failure | null;
  /** Null if unknown. */
  readonly models: readonly string[] | null;
  /** The provider has no default model. */
  readonly needsModel: boolean;
};

/** Features besides cloud runs that not every license tier includes. */
export type LicensedFeature = 'provider-overrides' | 'mcp-servers' | 'loop-and-enhance';

/** Everything that the engine needs from its environment. */
export type EngineContext = {
  readonly journal: Journal;
  /** The runtime with this id. Get it again for each call, because a new key creates a new runtime. */
  readonly runtime: (id: RuntimeId) => Runtime;
  readonly runtimes: () => readonly Runtime[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly ids: Ids;
  /** The providers that names refer to on this machine now. If absent, every agent runs on Cursor. */
  readonly providers?: () => ProviderTable;
  /** The state of a provider other than Cursor Agent. Resolves within a bounded time. */
  readonly providerState?: (entryId: string) => Promise<ProviderState>;
  /** Checks of MCP servers on this machine. If absent, they are not checked. */
  readonly mcp?: {
    readonly missingValues: (names: readonly string[]) => Promise<readonly string[]>;
    /** Starts the servers and lists their tools. Results are in the order of the servers. */
    readonly check: (
      servers: readonly McpServer[],
      folder: string,
    ) => Promise<readonly { readonly name: string; readonly problem: string | null }[]>;
  };
  /** Facts about this machine and its folders. */
  readonly machine: LocalMachine;
  readonly lookUpCommits: CommitLookup;
  readonly handoffs: HandoffChecker;
  readonly fetchArtifacts: ArtifactFetcher;
  /** Reads the values of variables for each launch. If absent, there are none. */
  readonly readVariables?: (names: readonly string[]) => {
    readonly values: Readonly<Record<string, string>>;
    readonly missing: readonly string[];
    /** Why missing values could not be read. */
    readonly notice?: string;
  };
  /** Pushes a branch for agents in the cloud. */
  readonly pushBranch: BranchPush;
  readonly maxLiveCloudAttempts: () => number;
  readonly maxLiveLocalAttempts: () => number;
  readonly resumeOnLaunch: () => 'automatically' | 'ask';
  /** The user is viewing this session, so its streams are connected first. */
  readonly isWatched?: (id: SessionId) => boolean;
  /** The license check for cloud runs, on starting only. */
  readonly mayStartCloudRuns: () =>
    | { readonly ok: true }
    | { readonly ok: false; readonly error: Failure };
  /** The license check for other features. If absent, all are allowed. */
  readonly mayUse?: (
    feature: LicensedFeature,
  ) => { readonly ok: true } | { readonly ok: false; readonly error: Failure };
  readonly log: Log;
};
