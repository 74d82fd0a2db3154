import { rm } from 'node:fs/promises';
import { commitTree, type Git, resolveCommit, resolveTree } from '../../lib/git-client.ts';
import { NOT_BY_AGENTS } from '../../lib/session-refs.ts';
import { type WorkingTree, writeWorkingTree } from '../../lib/working-tree.ts';
import type { WorkspaceCalls, WorkspaceRequest } from '../workspace-port.ts';
import { freeBranchName } from './branch.ts';
import type { FolderLocks } from './folder-lock.ts';
import { openFolderStore } from './folder-store.ts';
import { attemptKey, branchName } from './names.ts';
import { SIZE_CAP_BYTES } from './prepare-worktree.ts';
import { listRecords, type WorkspaceRecord, writeRecord } from './record.ts';
import { type GitFolder, inspectFolder } from './repository.ts';
import { contextOf, type Room, temporaryIndex } from './room.ts';
import { leftOutNotices, sessionBase } from './session-base.ts';

/**
 * The person's own folder, as it is. Nothing in it is touched: its content before the agent works is kept as a commit on
 * a branch of ours, so that what the agent changes is known. The folder is locked until the turn has been committed.
 */
export async function prepareInPlace(
  room: Room,
  locks: FolderLocks,
  request: WorkspaceRequest,
  known: WorkspaceRecord | null,
  calls: WorkspaceCalls,
): Promise<WorkspaceRecord> {
  const found = await inspectFolder(request.folder, contextOf(room, calls.signal));
  const { sessionId, agentName } = request;
  const owner = { key: attemptKey(request), sessionId, agentName };
  // What changes is known for the whole repository, so the whole of it is locked.
  locks.take(found.kind === 'git' ? found.root : found.folder, owner);
  try {
    if (known?.state === 'ready')
      return await writeRecord(room.home, { ...known, usedAt: room.now() });
    if (found.kind === 'git') return await create(room, request, found, null);
    const store = await openFolderStore(room, found.folder, calls.signal);
    return await create(room, request, withStore(found.folder, store.git), store.path);
  } catch (error) {
    locks.release(owner);
    throw error;
  }
}

const beforeWords = (agentName: string): string =>
  `The folder before ${agentName}\n\n${NOT_BY_AGENTS}`;

/** A folder without git, seen through the repository of ours that knows its content. */
const withStore = (folder: string, git: Git): GitFolder => ({
  kind: 'git',
  folder,
  root: folder,
  inside: '',
  commonDirectory: git.location.folder,
  isBare: false,
  headCommit: null,
  git,
});

async function create(
  room: Room,
  request: WorkspaceRequest,
  folder: GitFolder,
  store: string | null,
): Promise<WorkspaceRecord> {
  const { git } = folder;
  const sizeCapBytes = request.sizeCapBytes ?? SIZE_CAP_BYTES;
  const base = await sessionBase(folder, {
    sessionId: request.sessionId,
    // The folder is used as it is, whatever is asked for.
    carryUncommitted: true,
    sizeCapBytes,
    temporaryIndex: await temporaryIndex(room),
    home: room.home,
  });
  const content = await contentOf(room, folder, sizeCapBytes);
  const upstream = await inFolder(room, request, folder);
  const parent = upstream.commit ?? base.commit;
  const isSame = (await resolveTree(git, parent)) === content.tree;
  const start = isSame
    ? parent
    : await commitTree(git, content.tree, [parent], beforeWords(request.agentName));
  const branch = await room.inTurn('record', async () => {
    const name = await freeBranchName(git, branchName(request));
    await git.run(['update-ref', `refs/heads/${name}`, start, '']);
    return name;
  });
  return await writeRecord(room.home, {
    version: 1,
    key: attemptKey(request),
    sessionId: request.sessionId,
    agentName: request.agentName,
    attempt: request.attempt,
    isolation: 'in-place',
    folder: folder.folder,
    repositoryRoot: store === null ? folder.root : null,
    store,
    worktree: null,
    cwd: folder.folder,
    branch,
    headCommit: base.headCommit,
    snapshotCommit: base.snapshotCommit,
    baseCommit: start,
    lastCommit: start,
    state: 'ready',
    conflicts: [],
    notices: [...noticesOf(folder, request, content), ...upstream.notices],
    leftOut: content.skipped.map(({ path, sizeBytes, modifiedAtMs }) => ({
      path,
      sizeBytes,
      modifiedAtMs,
    })),
    createdAt: room.now(),
    usedAt: room.now(),
  });
}

async function contentOf(
  room: Room,
  { git, root }: GitFolder,
  sizeCapBytes: number,
): Promise<WorkingTree> {
  const index = await temporaryIndex(room);
  try {
    const options = { folder: root, temporaryIndex: index, sizeCapBytes, excluded: room.home };
    return await writeWorkingTree(git, options);
  } finally {
    await rm(index, { force: true });
  }
}

const noticesOf = (
  { folder }: GitFolder,
  { setup, copy }: WorkspaceRequest,
  { skipped }: WorkingTree,
): string[] => [
  `The agent works directly in ${folder}.`,
  ...leftOutNotices(skipped).map((notice) =>
    notice.replace('Not included', 'Changes cannot be tracked'),
  ),
  ...(setup.length + copy.length === 0
    ? []
    : ['`setup` and `copy` apply only to worktrees; they were not used.']),
];

/** What upstream agents of the session did in this very folder is in it; what others did elsewhere is not. */
async function inFolder(room: Room, request: WorkspaceRequest, { git, folder }: GitFolder) {
  const records = (await listRecords(room.home)).filter(
    (record) =>
      record.sessionId === request.sessionId &&
      record.isolation === 'in-place' &&
      record.folder === folder,
  );
  const here = new Set(records.map(({ branch }) => branch));
  const elsewhere = request.bases.filter(({ branch }) => !here.has(branch));
  const newest = records.sort((one, other) => other.usedAt - one.usedAt)[0];
  return {
    commit: newest === undefined ? null : await resolveCommit(git, newest.lastCommit),
    notices: elsewhere.map(
      ({ agentName, branch }) =>
        `The work of ${agentName} is on the branch ${branch}; it was not merged into the folder.`,
    ),
  };
}
