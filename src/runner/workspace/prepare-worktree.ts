import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ExpectedFailure } from '../../lib/expected-failure.ts';
import { gitIn } from '../../lib/git-client.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { WorkspaceCalls, WorkspaceRequest } from '../workspace-port.ts';
import { deleteUnusedBranch, freeBranchName } from './branch.ts';
import { copyIgnored } from './copy-ignored.ts';
import { mergeInto, type StartingPoint, startingPoint } from './merge-upstream.ts';
import { attemptKey, branchName, slug, worktreeName } from './names.ts';
import { deleteRecord, listRecords, type WorkspaceRecord, writeRecord } from './record.ts';
import { type GitFolder, inspectFolder } from './repository.ts';
import { type SessionBase, sessionBase } from './session-base.ts';
import { runSetup } from './setup.ts';
import { fillSubmodules } from './submodules.ts';
import { gitContextOf, temporaryIndex, type WorkspaceContext } from './workspace-context.ts';
import {
  addWorktree,
  discardWorktree,
  isWorktreeRecord,
  restoreWorktree,
  type WorktreeRecord,
} from './worktree.ts';

export const SIZE_CAP_BYTES = 50 * 1024 * 1024;

/** The inputs of one preparation. */
export type Preparation = {
  readonly context: WorkspaceContext;
  readonly request: WorkspaceRequest;
  readonly calls: WorkspaceCalls;
};

/**
 * Creates or restores the worktree of an attempt. `known` is its earlier record: steps that were not completed are done
 * now, so that a crash at any point leads to the same folder.
 */
export async function prepareWorktree(
  preparation: Preparation,
  known: WorkspaceRecord | null,
): Promise<WorkspaceRecord> {
  if (known === null) return await create(preparation);
  if (!isWorktreeRecord(known)) throw new Error('The record of a worktree has no worktree.');
  if (known.state === 'creating') {
    await discard(preparation.context, known, preparation.calls.signal);
    return await create(preparation);
  }
  return await restore(preparation, known);
}

async function create(preparation: Preparation): Promise<WorkspaceRecord> {
  const { context, request, calls } = preparation;
  const folder = await gitFolder(context, request, calls.signal);
  const base = await sessionBase(folder, {
    sessionId: request.sessionId,
    carryUncommitted: request.carryUncommitted,
    sizeCapBytes: request.sizeCapBytes ?? SIZE_CAP_BYTES,
    temporaryIndex: await temporaryIndex(context),
    home: context.home,
  });
  const start = await startingPoint(folder.git, request, base);
  const created = await context.runExclusive('record', () =>
    reserve(preparation, folder, base, start),
  );
  try {
    await addWorktree(folder.git, created.worktree, created.branch, start.commit);
    const gitContext = gitContextOf(context, calls.signal);
    const git = gitIn({ owner: 'user', folder: created.worktree }, gitContext);
    const merged = await mergeInto(git, start);
    const record = {
      ...created,
      baseCommit: merged.commit,
      lastCommit: merged.commit,
      conflicts: [...merged.conflicts],
      notices: [...created.notices, ...merged.notices],
    };
    return await makeReady(preparation, record, folder);
  } catch (error) {
    // After a cancel there is no time to clean up; the next start does that.
    if (error instanceof ExpectedFailure && error.failure.code !== 'setup_failed') {
      await discard(context, created);
    }
    throw error;
  }
}

/** Chooses an unused path and branch, and records them before anything is created. */
async function reserve(
  { context, request }: Preparation,
  folder: GitFolder,
  base: SessionBase,
  start: StartingPoint,
): Promise<WorktreeRecord> {
  const worktree = await choosePath(context, request);
  const preferred = branchName(request);
  const branch = await freeBranchName(folder.git, preferred);
  const renameNotice =
    branch === preferred
      ? []
      : [`The branch name ${preferred} was already taken, so the branch is called ${branch}.`];
  const record = await writeRecord(context.home, {
    version: 1,
    key: attemptKey(request),
    sessionId: request.sessionId,
    agentName: request.agentName,
    attempt: request.attempt,
    isolation: 'worktree',
    folder: folder.folder,
    repositoryRoot: folder.root,
    store: null,
    worktree,
    cwd: join(worktree, folder.inside),
    branch,
    headCommit: base.headCommit,
    snapshotCommit: base.snapshotCommit,
    baseCommit: start.commit,
    lastCommit: start.commit,
    state: 'creating',
    conflicts: [],
    notices: [...base.notices, ...start.notices, ...renameNotice],
    leftOut: [],
    createdAt: context.now(),
    usedAt: context.now(),
  });
  return { ...record, worktree, repositoryRoot: folder.root };
}

/**
 * Fills submodules, copies ignored files and runs the setup commands. Repeated by the next call if it was not
 * completed.
 */
async function makeReady(
  { context, request, calls }: Preparation,
  record: WorktreeRecord,
  folder: GitFolder,
): Promise<WorkspaceRecord> {
  const gitContext = gitContextOf(context, calls.signal);
  const gitDirectory = resolve(folder.root, await folder.git.run(['rev-parse', '--git-dir']));
  const submodules = await fillSubmodules(
    record.worktree,
    [gitDirectory, folder.commonDirectory],
    gitContext,
  );
  await mkdir(record.cwd, { recursive: true });
  const copied = await copyIgnored({
    git: gitIn({ owner: 'user', folder: folder.folder }, gitContext),
    from: folder.folder,
    to: record.cwd,
    patterns: folder.isBare ? [] : request.copy,
  });
  const notices = [...new Set([...record.notices, ...submodules, ...copied])];
  const filled = await writeRecord(context.home, { ...record, notices, state: 'checked-out' });
  await runSetup(context, filled.cwd, request.setup, calls);
  return await writeRecord(context.home, { ...filled, state: 'ready', usedAt: context.now() });
}

async function restore(preparation: Preparation, known: WorktreeRecord): Promise<WorkspaceRecord> {
  const { context, calls } = preparation;
  const folder = await gitFolder(context, { folder: known.folder }, calls.signal);
  const gitContext = gitContextOf(context, calls.signal);
  const restored = await restoreWorktree(folder.git, known, gitContext);
  const notices = [...new Set([...known.notices, ...restored.notices])];
  const record = { ...known, branch: restored.branch, notices, usedAt: context.now() };
  const isReady = known.state === 'ready' && !restored.isNew;
  if (isReady) return await writeRecord(context.home, record);
  return await makeReady(preparation, record, folder);
}

async function discard(
  context: WorkspaceContext,
  record: WorktreeRecord,
  signal?: AbortSignal,
): Promise<void> {
  const { git } = await gitFolder(context, { folder: record.folder }, signal);
  await discardWorktree(git, record.worktree);
  await deleteUnusedBranch(git, record.branch, record.baseCommit);
  await deleteRecord(context.home, record.key);
}

/** @throws ExpectedFailure `folder_without_git` */
async function gitFolder(
  context: WorkspaceContext,
  { folder }: Pick<WorkspaceRequest, 'folder'>,
  signal?: AbortSignal,
): Promise<GitFolder> {
  const inspected = await inspectFolder(folder, gitContextOf(context, signal));
  if (inspected.kind === 'git') return inspected;
  throw new ExpectedFailure(
    'folder_without_git',
    `${folder} is not in a git repository, so it cannot have a worktree.`,
    'Run `git init` in it, or set `isolation` to `in-place` in the local settings of the workflow.',
  );
}

/** An unused path, reserved by the record that is written next. */
async function choosePath(context: WorkspaceContext, request: WorkspaceRequest): Promise<string> {
  const parent = join(context.home, 'worktrees', slug(request.sessionPrefix, 'session'));
  const name = worktreeName(request);
  const key = attemptKey(request);
  const takenPaths = new Set((await listRecords(context.home)).map(({ worktree }) => worktree));
  for (const candidate of [name, `${name}-${key.slice(0, 4)}`, `${name}-${key.slice(0, 12)}`]) {
    const path = join(parent, candidate);
    if (!takenPaths.has(path) && (await isFree(path))) return path;
  }
  return join(parent, `${name}-${crypto.randomUUID()}`);
}

async function isFree(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).length === 0;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return true;
    if (systemErrorCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}
