import type { AgentId, RunId } from '../ids.ts';

export type RunStatus = 'CREATING' | 'RUNNING' | 'FINISHED' | 'ERROR' | 'CANCELLED' | 'EXPIRED';

export const isTerminal = (status: RunStatus): boolean =>
  status !== 'CREATING' && status !== 'RUNNING';

/** A repository as the agent was created with it. */
export type AgentRepository = {
  /** As the client wrote it. */
  readonly url: string;
  readonly startingRef?: string;
  readonly prUrl?: string;
  /** Where git really fetches from and pushes to. */
  readonly location: string;
  /** Folder inside the workspace; empty when the repository is the workspace. */
  readonly directory: string;
  /** What the work starts from: a branch name or a full commit id. */
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
  /** Sticky: a model named in a later run stays in force. */
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
  /** What came with the prompt, for the ledger: names and numbers, no values and no bytes. */
  readonly asked?: {
    readonly model?: { readonly id: string; readonly params?: readonly unknown[] };
    readonly images?: number;
    readonly variables?: readonly string[];
  };
  /** The registered script that this prompt met. */
  readonly scripted?: { readonly id: string; readonly script?: string; readonly answer?: string };
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  /** Real time of the end: what retention is counted from. */
  readonly endedUnscaledMs?: number;
  readonly result?: string;
  readonly usageId: string;
  readonly usage: TokenUsage;
};

/** Where a run's execution stands, so that a restart continues there and repeats no event. */
export type RunProgress = {
  /** Index of the step in execution. */
  readonly step: number;
  /** Number of stream events of that step that are already written. */
  readonly moments: number;
  /** Tokens said so far in the whole run. */
  readonly outputTokens: number;
  /** Simulated time at which the step's wait ends, when it is waiting. */
  readonly waitUntilMs?: number;
};

export type ArtifactRecord = {
  readonly agentId: AgentId;
  /** As listed: `artifacts/<name>`. The name is data and never becomes a path on disk. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly updatedAtMs: number;
  /** The bytes; absent for a generated artifact, whose bytes follow from its size. */
  readonly storageFile?: string;
  /** Modification time of the file it was collected from; it is collected again only when that changes. */
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
