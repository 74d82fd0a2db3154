/** What a runtime knows about its threads and turns. */

export type TurnStatus =
  | 'CREATING'
  | 'RUNNING'
  | 'FINISHED'
  | 'ERROR'
  | 'CANCELLED'
  | 'EXPIRED'
  /** Its process ended during the turn; a further turn can resume the work (`resumePrompt`). */
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
  /** The agent's working folder on this machine, once that is known. */
  readonly folder?: string;
  readonly failure?: {
    readonly code: string;
    readonly message: string;
    readonly suggestion?: string;
  };
  /** Messages for the user about parts of the record that could not be used. */
  readonly notes?: readonly string[];
  /** Interrupted turns only: calls whose result was not recorded, so that they may or may not have taken effect. */
  readonly unfinishedCalls?: readonly {
    readonly callId: string;
    readonly name: string;
    readonly args: unknown;
  }[];
  /** The commits that the thread started from, if the runtime knows them. */
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

/** A thread as the runtime knows it, with its newest turn. */
export type ThreadRecord = {
  readonly threadId: string;
  readonly name?: string;
  readonly url?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  readonly archived: boolean;
  readonly latestTurn?: TurnRecord;
};

export type UsageReport = {
  /** Without cached tokens. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Contained in `outputTokens`. */
  readonly reasoningTokens?: number | undefined;
  readonly totalTokens: number;
  /** Absent if unknown. */
  readonly costUsd?: number | undefined;
  readonly costSource?: 'reported' | 'price-table' | undefined;
  /** Absent until the provider has settled it. */
  readonly chargedCents?: number;
};
