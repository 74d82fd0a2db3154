import type { AgentId, RunId } from '../ids.ts';

export type RunStatus = 'CREATING' | 'RUNNING' | 'FINISHED' | 'ERROR' | 'CANCELLED' | 'EXPIRED';

export const isTerminal = (status: RunStatus): boolean =>
  status !== 'CREATING' && status !== 'RUNNING';

/** A repository of an agent, as given in the create request. */
export type AgentRepository = {
  /** The URL as the client wrote it. */
  readonly url: string;
  readonly startingRef?: string;
  readonly prUrl?: string;
  /** The location that git fetches from and pushes to. */
  readonly location: string;
  /** Folder inside the workspace; empty if the repository is the workspace. */
  readonly directory: string;
  /** Branch name or full commit id from which the work starts. */
  readonly baseRef: string;
  /** The branch that pushes go to. */
  readonly workBranch: string;
};

/** A branch that exists in the target repository because the agent pushed it. */
export type PushedBranch = {
  readonly repositoryUrl: string;
  readonly branch: string;
  readonly baseRef: string;
  readonly baseCommit: string;
  readonly pullRequestNumber?: number;
};

export type AgentRecord = {
  readonly id: AgentId;
  readonly name: string;
  readonly chosenBy: 'client' | 'server';
  readonly branchSuffix: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly latestRunId: RunId;
  readonly isArchived: boolean;
  readonly isDeleted: boolean;
  readonly env: { readonly type: 'cloud' | 'pool' | 'machine'; readonly name?: string };
  readonly repositories: readonly AgentRepository[];
  readonly workOnCurrentBranch: boolean;
  readonly autoCreatePR: boolean;
  readonly skipReviewerRequest: boolean;
  readonly openAsCursorGithubApp?: boolean;
  readonly customSubagents?: readonly unknown[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Sticky: a later run that names a model changes it. */
  readonly model?: string;
  readonly branches: readonly PushedBranch[];
};

export type TokenUsage = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
};

export type RunRecord = {
  readonly id: RunId;
  readonly agentId: AgentId;
  readonly status: RunStatus;
  readonly prompt: string;
  readonly mode: 'agent' | 'plan';
  /** Request details for the ledger: names and counts only, no values of variables and no images. */
  readonly asked?: {
    readonly model?: { readonly id: string; readonly params?: readonly unknown[] };
    readonly images?: number;
    readonly variables?: readonly string[];
  };
  /** The registered script that matched the prompt. */
  readonly scripted?: { readonly id: string; readonly script?: string; readonly answer?: string };
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  /** Unscaled time of the end, from which retention is measured. */
  readonly endedUnscaledMs?: number;
  readonly result?: string;
  readonly usageId: string;
  readonly usage: TokenUsage;
};

/** Progress of a run's execution, so that a restart continues there and repeats no event. */
export type RunProgress = {
  /** Index of the current step. */
  readonly step: number;
  /** Number of stream events of that step that are already written. */
  readonly moments: number;
  /** Output tokens of the run so far. */
  readonly outputTokens: number;
  /** Simulated time at which the current wait ends. */
  readonly waitUntilMs?: number;
};

export type ArtifactRecord = {
  readonly agentId: AgentId;
  /** `artifacts/<name>`, as listed. The name never becomes a path on disk. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly updatedAtMs: number;
  /** File with the content; absent for a generated artifact. */
  readonly storageFile?: string;
  /** Modification time of the source file, which is collected again only if it has changed. */
  readonly sourceModifiedMs?: number;
};

export type PullRequestRecord = {
  readonly number: number;
  readonly agentId: AgentId;
  readonly title: string;
  readonly body: string;
  readonly repositoryUrl: string;
  readonly location: string;
  readonly branch: string;
  readonly baseRef: string;
  readonly baseCommit: string;
  readonly createdAtMs: number;
};

export type LedgerKind =
  | 'create-asked'
  | 'create-accepted'
  | 'create-conflicted'
  | 'run-asked'
  | 'run-accepted'
  | 'cancel-asked'
  | 'cancel-accepted'
  | 'stream-connected'
  | 'stream-closed'
  | 'artifact-link-issued'
  | 'artifact-downloaded'
  | 'fault-fired';

export type LedgerEntry = {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: LedgerKind;
  readonly agentId?: string;
  readonly runId?: string;
  readonly detail: Readonly<Record<string, unknown>>;
};
