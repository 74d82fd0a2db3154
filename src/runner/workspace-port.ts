import type { WorkspaceRequest } from '../runtimes/turn-requests.ts';
import type { RawItem } from '../transcript/item.ts';

export type { WorkspaceRequest };

/** A working folder that is ready. Plain data: stored in the thread's log and passed back after a crash. */
export type Workspace = {
  /** The agent's working folder. */
  readonly cwd: string;
  /** Null without git. */
  readonly repositoryRoot: string | null;
  readonly branch: string | null;
  readonly baseCommit: string | null;
  readonly snapshotCommit: string | null;
  /** The repository's HEAD when the session began: without `snapshotCommit`, the commit that work is pushed onto. */
  readonly headCommit?: string | null | undefined;
  /** Messages for the user, shown in the transcript. */
  readonly notices: readonly string[];
  /** Files with conflicts from merging upstream branches. */
  readonly conflicts: readonly string[];
};

/** An expected failure. `code` is stable (`docs/errors.md`). */
export type WorkspaceFailure = {
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
};
export type WorkspaceAnswer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: WorkspaceFailure };

export type WorkspaceCalls = {
  readonly signal: AbortSignal;
  /** Called with transcript items of the preparation, such as the output of setup commands. */
  onItem(item: RawItem): void;
  /** Called with the process of a setup command in `cwd`; the command does not run before this resolves. */
  onCommand?(pid: number, cwd: string): Promise<void>;
  /** Additional environment variables of setup commands, such as the mark of the thread. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
};

/** Prepares working folders for threads, and commits what was done in them. */
export type Workspaces = {
  /** Idempotent for (session, agent, attempt): after a crash it continues where it stopped. */
  prepareWorkspace(
    request: WorkspaceRequest,
    calls: WorkspaceCalls,
  ): Promise<WorkspaceAnswer<Workspace>>;
  /** Restores the folder of an earlier turn if it was removed, at the same path and on the same branch. */
  recreateWorkspace(
    request: WorkspaceRequest,
    workspace: Workspace,
    calls: WorkspaceCalls,
  ): Promise<WorkspaceAnswer<Workspace>>;
  /** Commits all files that are not ignored; null when nothing has changed since the last commit, or without git. */
  commitTurn(
    workspace: Workspace,
    message: string,
  ): Promise<
    WorkspaceAnswer<{
      readonly commit: string;
      readonly changedFiles: readonly string[];
      /** Messages for the user about changes that could not be committed. */
      readonly notices?: readonly string[];
    } | null>
  >;
  /** Removes the worktree unless it has work that no branch contains. */
  removeWorktree(workspace: Workspace): Promise<WorkspaceAnswer<void>>;
  /** Removes worktrees that were not used for a week. */
  cleanUp?(request: CleanUpRequest): Promise<CleanUpReport>;
};

export type CleanUpRequest = {
  /** Whether a turn is in progress in the folder. */
  readonly isInUse: (cwd: string) => boolean;
  /** Whether the session was dismissed: its worktrees are removed at once. */
  readonly isDismissed?: (sessionId: string) => boolean;
};

export type CleanUpReport = {
  readonly removed: readonly string[];
  /** Worktrees with work that no branch contains. */
  readonly kept: readonly { readonly worktree: string; readonly reason: string }[];
};
