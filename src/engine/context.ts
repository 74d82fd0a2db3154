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
  /** Monotonic milliseconds, which stand still while the machine sleeps. */
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
 * Finds the commits that refs of one repository point to; `null` stands for its HEAD. The answer lacks those that git
 * cannot tell within its deadline.
 */
export type CommitLookup = (
  repoUrl: string,
  refs: readonly (string | null)[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string | null, string>>;

/**
 * Downloads the artifacts of one attempt. Returns one entry for each item of `list`, with a file or with the reason why
 * there is none. `earlier`: all other files of the agent, from earlier attempts and turns, which are kept.
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

/** Pushes with the person's own access to git, without their uncommitted changes. A refusal says what git said. */
export type BranchPush = (request: {
  readonly sessionId: SessionId;
  readonly folder: string;
  readonly branch: string;
  readonly commit?: string;
  readonly remoteUrl: string;
}) => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: Failure }>;

/** Whether agents of a library entry can run now, and which models they can use. */
export type ProviderState = {
  /** Why they cannot. */
  readonly failure: Failure | null;
  /** Null if nobody tells. */
  readonly models: readonly string[] | null;
  /** Without a model it does nothing. */
  readonly needsModel: boolean;
};

/** What is not in every tier, next to runs in the cloud. */
export type LicensedFeature = 'provider-overrides' | 'mcp-servers' | 'loop-and-enhance';

/** Everything that the engine needs from its environment. */
export type EngineContext = {
  readonly journal: Journal;
  /** The runtime with this id. It is asked for again for every call, since a new key makes a new one. */
  readonly runtime: (id: RuntimeId) => Runtime;
  readonly runtimes: () => readonly Runtime[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly ids: Ids;
  /** What names of providers stand for on this machine now; without it every agent is of Cursor. */
  readonly providers?: () => ProviderTable;
  /** Of another entry than Cursor Agent; within a bounded time. */
  readonly providerState?: (entryId: string) => Promise<ProviderState>;
  /** The MCP servers of workflows, as agents on this machine get them; without it nothing is known of them. */
  readonly mcp?: {
    readonly missingValues: (names: readonly string[]) => Promise<readonly string[]>;
    /** Starts them, and lists their tools; in the order of the servers. */
    readonly check: (
      servers: readonly McpServer[],
      folder: string,
    ) => Promise<readonly { readonly name: string; readonly problem: string | null }[]>;
  };
  /** What this machine and its folders are. */
  readonly machine: LocalMachine;
  readonly lookUpCommits: CommitLookup;
  readonly handoffs: HandoffChecker;
  readonly fetchArtifacts: ArtifactFetcher;
  /** Values of variables by their names, read again for each launch; none without it. */
  readonly readVariables?: (names: readonly string[]) => {
    readonly values: Readonly<Record<string, string>>;
    readonly missing: readonly string[];
    /** Why those that are missing could not be read. */
    readonly notice?: string;
  };
  /** Brings a branch of the person's repository to where agents in the cloud find it. */
  readonly pushBranch: BranchPush;
  readonly maxLiveCloudAttempts: () => number;
  readonly maxLiveLocalAttempts: () => number;
  readonly resumeOnLaunch: () => 'automatically' | 'ask';
  /** Someone looks at this session now: what belongs to it is connected first. */
  readonly isWatched?: (id: SessionId) => boolean;
  /** The license gate: on starting only. */
  readonly mayStartCloudRuns: () =>
    | { readonly ok: true }
    | { readonly ok: false; readonly error: Failure };
  /** The same for what local runs use. Without it everything may be used. */
  readonly mayUse?: (
    feature: LicensedFeature,
  ) => { readonly ok: true } | { readonly ok: false; readonly error: Failure };
  readonly log: Log;
};
