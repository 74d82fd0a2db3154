import type { WorkspaceRequest } from '../runtimes/turn-requests.ts';
import type { RawItem } from '../transcript/item.ts';

export type { WorkspaceRequest };

/** A working folder that is ready. Plain data: it is stored in the thread's log and handed back after a crash. */
export type Workspace = {
  /** The agent's working folder. */
  readonly cwd: string;
  /** Null: a folder without git. */
  readonly repositoryRoot: string | null;
  readonly branch: string | null;
  readonly baseCommit: string | null;
  readonly snapshotCommit: string | null;
  /** Where the repository was when the session began: without `snapshotCommit`, what work is pushed onto. */
  readonly headCommit?: string | null | undefined;
  /** In words for people, shown in the transcript. */
  readonly notices: readonly string[];
  /** Files in conflict after upstream branches were merged. */
  readonly conflicts: readonly string[];
};

/** A failure that was to be expected. `code` is stable (`docs/errors.md`). */
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
  /** Transcript items of the preparation, such as the output of setup commands. */
  onItem(item: RawItem): void;
  /** A setup command has a process, in this folder, which does nothing before this has resolved. */
  onCommand?(pid: number, cwd: string): Promise<void>;
  /** In the environment of setup commands too, such as the mark of the thread. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
};

/** Working folders as the threads see them. One that was prepared before is found again. */
export type Workspaces = {
  /** Idempotent for (session, agent, attempt): after a crash it finds what is there and does the rest. */
  prepareWorkspace(
    request: WorkspaceRequest,
    calls: WorkspaceCalls,
  ): Promise<WorkspaceAnswer<Workspace>>;
  /** Makes the folder of an earlier turn again, where it was removed meanwhile; the same path and branch. */
  recreateWorkspace(
    request: WorkspaceRequest,
    workspace: Workspace,
    calls: WorkspaceCalls,
  ): Promise<WorkspaceAnswer<Workspace>>;
  /** Commits all files that are not ignored; null when nothing changed since the last commit, or without git. */
  commitTurn(
    workspace: Workspace,
    message: string,
  ): Promise<
    WorkspaceAnswer<{
      readonly commit: string;
      readonly changedFiles: readonly string[];
      /** In words for people: what no commit can hold. */
      readonly notices?: readonly string[];
    } | null>
  >;
  /** Never removes work that no branch has. */
  removeWorktree(workspace: Workspace): Promise<WorkspaceAnswer<void>>;
  /** Removes worktrees that nobody has used for a week. */
  cleanUp?(request: CleanUpRequest): Promise<CleanUpReport>;
};

export type CleanUpRequest = {
  /** Whether a turn is in progress in the folder. */
  readonly isInUse: (cwd: string) => boolean;
  /** Whether the person has dismissed the session: its worktrees go at once. */
  readonly isDismissed?: (sessionId: string) => boolean;
};

export type CleanUpReport = {
  readonly removed: readonly string[];
  /** Those with work that no branch has. */
  readonly kept: readonly { readonly worktree: string; readonly reason: string }[];
};
