import { rm } from 'node:fs/promises';
import { commitTree, type Git, resolveCommit, resolveTree } from '../../lib/git-client.ts';
import { NOT_BY_AGENTS } from '../../lib/session-refs.ts';
import { type WorkingTree, writeWorkingTree } from '../../lib/working-tree.ts';
import type { WorkspaceRequest } from '../workspace-port.ts';
import { freeBranchName } from './branch.ts';
import type { FolderLocks } from './folder-lock.ts';
import { openFolderStore } from './folder-store.ts';
import { attemptKey, branchName } from './names.ts';
import { type Preparation, SIZE_CAP_BYTES } from './prepare-worktree.ts';
import { listRecords, type WorkspaceRecord, writeRecord } from './record.ts';
import { type GitFolder, inspectFolder } from './repository.ts';
import { leftOutNotices, sessionBase } from './session-base.ts';
import { gitContextOf, temporaryIndex, type WorkspaceContext } from './workspace-context.ts';

/**
 * Prepares the user's own folder for an agent. It is not modified: its content before the agent works is kept as a
 * commit on a separate branch, so that the agent's changes are known. The folder is locked until the turn has been
 * committed.
 */
export async function prepareInPlace(
  { context, request, calls }: Preparation,
  locks: FolderLocks,
  known: WorkspaceRecord | null,
): Promise<WorkspaceRecord> {
  const inspected = await inspectFolder(request.folder, gitContextOf(context, calls.signal));
  const { sessionId, agentName } = request;
  const owner = { key: attemptKey(request), sessionId, agentName };
  // Changes are tracked for the whole repository, so all of it is locked.
  locks.acquire(inspected.kind === 'git' ? inspected.root : inspected.folder, owner);
  try {
    if (known?.state === 'ready')
      return await writeRecord(context.home, { ...known, usedAt: context.now() });
    if (inspected.kind === 'git') return await create(context, request, inspected, null);
    const store = await openFolderStore(context, inspected.folder, calls.signal);
    return await create(context, request, withStore(inspected.folder, store.git), store.path);
  } catch (error) {
    locks.release(owner);
    throw error;
  }
}

const snapshotMessage = (agentName: string): string =>
  `The folder before ${agentName}\n\n${NOT_BY_AGENTS}`;

/** A folder without git, together with the separate repository that tracks its content. */
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
  context: WorkspaceContext,
  request: WorkspaceRequest,
  folder: GitFolder,
  store: string | null,
): Promise<WorkspaceRecord> {
  const { git } = folder;
  const sizeCapBytes = request.sizeCapBytes ?? SIZE_CAP_BYTES;
  const base = await sessionBase(folder, {
    sessionId: request.sessionId,
    // In place, uncommitted changes are always included.
    carryUncommitted: true,
    sizeCapBytes,
    temporaryIndex: await temporaryIndex(context),
    home: context.home,
  });
  const content = await contentOf(context, folder, sizeCapBytes);
  const upstream = await upstreamInFolder(context, request, folder);
  const parent = upstream.commit ?? base.commit;
  const isSame = (await resolveTree(git, parent)) === content.tree;
  const startCommit = isSame
    ? parent
    : await commitTree(git, content.tree, [parent], snapshotMessage(request.agentName));
  const branch = await context.runExclusive('record', async () => {
    const name = await freeBranchName(git, branchName(request));
    await git.run(['update-ref', `refs/heads/${name}`, startCommit, '']);
    return name;
  });
  return await writeRecord(context.home, {
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
    baseCommit: startCommit,
    lastCommit: startCommit,
    state: 'ready',
    conflicts: [],
    notices: [...noticesOf(folder, request, content), ...upstream.notices],
    leftOut: content.skipped.map(({ path, sizeBytes, modifiedAtMs }) => ({
      path,
      sizeBytes,
      modifiedAtMs,
    })),
    createdAt: context.now(),
    usedAt: context.now(),
  });
}

async function contentOf(
  context: WorkspaceContext,
  { git, root }: GitFolder,
  sizeCapBytes: number,
): Promise<WorkingTree> {
  const index = await temporaryIndex(context);
  try {
    return await writeWorkingTree(git, {
      folder: root,
      temporaryIndex: index,
      maxTotalBytes: sizeCapBytes,
      excludedFolder: context.home,
    });
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

/**
 * The last commit of upstream agents that worked in this folder, which already contains their work, and notices about
 * those that worked elsewhere.
 */
async function upstreamInFolder(
  context: WorkspaceContext,
  request: WorkspaceRequest,
  { git, folder }: GitFolder,
) {
  const records = (await listRecords(context.home)).filter(
    (record) =>
      record.sessionId === request.sessionId &&
      record.isolation === 'in-place' &&
      record.folder === folder,
  );
  const localBranches = new Set(records.map(({ branch }) => branch));
  const elsewhere = request.bases.filter(({ branch }) => !localBranches.has(branch));
  const newest = records.sort((one, other) => other.usedAt - one.usedAt)[0];
  return {
    commit: newest === undefined ? null : await resolveCommit(git, newest.lastCommit),
    notices: elsewhere.map(
      ({ agentName, branch }) =>
        `The work of ${agentName} is on the branch ${branch}; it was not merged into the folder.`,
    ),
  };
}
