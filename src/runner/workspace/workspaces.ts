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
import type { Room } from './room.ts';
import { isOfWorktree } from './worktree.ts';

export type WorkspacesOptions = {
  readonly home: string;
  readonly environment?: Environment;
  /** Of one setup command, while the machine is awake. */
  readonly setupTimeoutMs?: number;
  readonly setupGraceMs?: number;
  readonly lockWaitMs?: number;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
};

const SETUP_TIMEOUT_MS = 10 * 60_000;
const SETUP_GRACE_MS = 10_000;
const LOCK_WAIT_MS = 10_000;

/** Working folders below one home. There is one of these for a home, because there is one runner. */
export async function openWorkspaces(options: WorkspacesOptions): Promise<Required<Workspaces>> {
  const room: Room = {
    // Git knows worktrees by their real paths.
    home: await realpath(options.home),
    environment: options.environment ?? process.env,
    now: options.now ?? Date.now,
    sleep: options.sleep ?? sleep,
    setupTimeoutMs: options.setupTimeoutMs ?? SETUP_TIMEOUT_MS,
    setupGraceMs: options.setupGraceMs ?? SETUP_GRACE_MS,
    lockWaitMs: options.lockWaitMs ?? LOCK_WAIT_MS,
    inTurn: createKeyedQueue(),
  };
  const locks = createFolderLocks(room.home, room.environment);

  const prepare: Workspaces['prepareWorkspace'] = (request, calls) =>
    toResult(async () => {
      const key = attemptKey(request);
      return await room.inTurn(key, async () => {
        const written = await readRecord(room.home, key);
        const known = written?.isolation === request.isolation ? written : null;
        const record =
          request.isolation === 'in-place'
            ? await prepareInPlace(room, locks, request, known, calls)
            : await prepareWorktree(room, request, known, calls);
        return workspaceOf(record);
      });
    });

  return {
    prepareWorkspace: prepare,
    async recreateWorkspace(request, workspace, calls) {
      const known = await readRecord(room.home, attemptKey(request));
      const made = known ?? recordOf(room, request, workspace);
      if (known === null && made !== null) await writeRecord(room.home, made);
      return await prepare(request, calls);
    },
    commitTurn: (workspace, message) =>
      toResult(async () => {
        const record = await findRecord(room, workspace);
        if (record === null) return null;
        return await room.inTurn(record.key, async () => {
          try {
            return await commitTurn(room, record, message);
          } finally {
            locks.release(record);
          }
        });
      }),
    removeWorktree: (workspace) =>
      toResult(async () => {
        const record = await findRecord(room, workspace);
        if (record === null) return;
        await room.inTurn(record.key, async () => {
          locks.release(record);
          if (isOfWorktree(record)) await removeWorktree(room, record);
        });
      }),
    cleanUp: (request) => cleanUp(room, request),
  };
}

const workspaceOf = (record: WorkspaceRecord): Workspace => ({
  cwd: record.cwd,
  repositoryRoot: record.repositoryRoot,
  // A branch in a repository of ours is no branch that a person or an agent could use.
  branch: record.store === null ? record.branch : null,
  baseCommit: record.baseCommit,
  snapshotCommit: record.snapshotCommit,
  headCommit: record.headCommit,
  notices: record.notices,
  conflicts: record.conflicts,
});

async function findRecord(room: Room, workspace: Workspace): Promise<WorkspaceRecord | null> {
  const fits = (record: WorkspaceRecord): boolean =>
    record.cwd === workspace.cwd &&
    (record.store !== null || record.branch === workspace.branch || record.worktree !== null) &&
    (record.worktree !== null || record.baseCommit === workspace.baseCommit);
  const found = (await listRecords(room.home)).filter(fits);
  return found.sort((one, other) => other.usedAt - one.usedAt)[0] ?? null;
}

/** What was written down is lost, and the thread still knows its worktree. */
function recordOf(
  room: Room,
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
    createdAt: room.now(),
    usedAt: room.now(),
  };
}
