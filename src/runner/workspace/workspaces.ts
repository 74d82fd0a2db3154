import { realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toResult } from '../../lib/expected-failure.ts';
import type { Environment } from '../../lib/git.ts';
import { createKeyedQueue } from '../../lib/keyed-queue.ts';
import type { Workspace, WorkspaceRequest, Workspaces } from '../workspace-port.ts';
import { cleanUp } from './clean-up.ts';
import { commitTurn } from './commit-turn.ts';
import { createFolderLocks } from './folder-lock.ts';
import { attemptKey } from './names.ts';
import { prepareInPlace } from './prepare-in-place.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { listRecords, readRecord, type WorkspaceRecord, writeRecord } from './record.ts';
import { removeWorktree } from './remove-worktree.ts';
import type { WorkspaceContext } from './workspace-context.ts';
import { isWorktreeRecord } from './worktree.ts';

export type WorkspacesOptions = {
  readonly home: string;
  readonly environment?: Environment;
  /** Timeout of one setup command; counts only while the machine is awake. */
  readonly setupTimeoutMs?: number;
  readonly setupGraceMs?: number;
  readonly lockWaitMs?: number;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
};

const SETUP_TIMEOUT_MS = 10 * 60_000;
const SETUP_GRACE_MS = 10_000;
const LOCK_WAIT_MS = 10_000;

/** The working folders of one home. Opened once per home, because there is one runner. */
export async function openWorkspaces(options: WorkspacesOptions): Promise<Required<Workspaces>> {
  const context: WorkspaceContext = {
    // Git records worktrees by their real paths.
    home: await realpath(options.home),
    environment: options.environment ?? process.env,
    now: options.now ?? Date.now,
    sleep: options.sleep ?? sleep,
    setupTimeoutMs: options.setupTimeoutMs ?? SETUP_TIMEOUT_MS,
    setupGraceMs: options.setupGraceMs ?? SETUP_GRACE_MS,
    lockWaitMs: options.lockWaitMs ?? LOCK_WAIT_MS,
    runExclusive: createKeyedQueue(),
  };
  const locks = createFolderLocks(context.home, context.environment);

  const prepare: Workspaces['prepareWorkspace'] = (request, calls) =>
    toResult(async () => {
      const key = attemptKey(request);
      return await context.runExclusive(key, async () => {
        const stored = await readRecord(context.home, key);
        const known = stored?.isolation === request.isolation ? stored : null;
        const record =
          request.isolation === 'in-place'
            ? await prepareInPlace({ context, request, calls }, locks, known)
            : await prepareWorktree({ context, request, calls }, known);
        return workspaceOf(record);
      });
    });

  return {
    prepareWorkspace: prepare,
    async recreateWorkspace(request, workspace, calls) {
      const known = await readRecord(context.home, attemptKey(request));
      const restored = known ?? recordOf(context, request, workspace);
      if (known === null && restored !== null) await writeRecord(context.home, restored);
      return await prepare(request, calls);
    },
    commitTurn: (workspace, message) =>
      toResult(async () => {
        const record = await findRecord(context, workspace);
        if (record === null) return null;
        return await context.runExclusive(record.key, async () => {
          try {
            return await commitTurn(context, record, message);
          } finally {
            locks.release(record);
          }
        });
      }),
    removeWorktree: (workspace) =>
      toResult(async () => {
        const record = await findRecord(context, workspace);
        if (record === null) return;
        await context.runExclusive(record.key, async () => {
          locks.release(record);
          if (isWorktreeRecord(record)) await removeWorktree(context, record);
        });
      }),
    cleanUp: (request) => cleanUp(context, request),
  };
}

const workspaceOf = (record: WorkspaceRecord): Workspace => ({
  cwd: record.cwd,
  repositoryRoot: record.repositoryRoot,
  // A branch in the separate repository cannot be used by users or agents.
  branch: record.store === null ? record.branch : null,
  baseCommit: record.baseCommit,
  snapshotCommit: record.snapshotCommit,
  headCommit: record.headCommit,
  notices: record.notices,
  conflicts: record.conflicts,
});

async function findRecord(
  context: WorkspaceContext,
  workspace: Workspace,
): Promise<WorkspaceRecord | null> {
  const matches = (record: WorkspaceRecord): boolean =>
    record.cwd === workspace.cwd &&
    (record.store !== null || record.branch === workspace.branch || record.worktree !== null) &&
    (record.worktree !== null || record.baseCommit === workspace.baseCommit);
  const records = (await listRecords(context.home)).filter(matches);
  return records.sort((one, other) => other.usedAt - one.usedAt)[0] ?? null;
}

/** Reconstructs a lost record of a worktree from what the thread knows. */
function recordOf(
  context: WorkspaceContext,
  request: WorkspaceRequest,
  { cwd, repositoryRoot, branch, baseCommit, ...rest }: Workspace,
): WorkspaceRecord | null {
  const isComplete = repositoryRoot !== null && branch !== null && baseCommit !== null;
  if (request.isolation === 'in-place' || !isComplete) return null;
  const inside = relative(repositoryRoot, request.folder);
  const worktree =
    inside !== '' && cwd.endsWith(`${sep}${inside}`) ? cwd.slice(0, -inside.length - 1) : cwd;
  const { sessionId, agentName, attempt, isolation, folder } = request;
  return {
    version: 1,
    key: attemptKey(request),
    ...{ sessionId, agentName, attempt, isolation, folder },
    ...{ repositoryRoot, store: null, worktree, cwd, branch, baseCommit, lastCommit: baseCommit },
    headCommit: rest.headCommit ?? null,
    snapshotCommit: rest.snapshotCommit,
    state: 'removed',
    conflicts: [...rest.conflicts],
    notices: [...rest.notices],
    leftOut: [],
    createdAt: context.now(),
    usedAt: context.now(),
  };
}
