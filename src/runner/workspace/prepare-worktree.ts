import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ExpectedFailure } from '../../lib/expected-failure.ts';
import { gitIn } from '../../lib/git-client.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { WorkspaceCalls, WorkspaceRequest } from '../workspace-port.ts';
import { deleteUnusedBranch, freeBranchName } from './branch.ts';
import { copyIgnored } from './copy-ignored.ts';
import { mergeInto, type StartingPoint, startingPoint } from './merge-bases.ts';
import { attemptKey, branchName, slug, worktreeName } from './names.ts';
import { forgetRecord, listRecords, type WorkspaceRecord, writeRecord } from './record.ts';
import { type GitFolder, inspectFolder } from './repository.ts';
import { contextOf, type Room, temporaryIndex } from './room.ts';
import { type SessionBase, sessionBase } from './session-base.ts';
import { runSetup } from './setup.ts';
import { fillSubmodules } from './submodules.ts';
import {
  addWorktree,
  discardWorktree,
  isOfWorktree,
  restoreWorktree,
  type WorktreeRecord,
} from './worktree.ts';

export const SIZE_CAP_BYTES = 50 * 1024 * 1024;

/**
 * The worktree of an attempt, made or found again. `known` is what was written down of it before: what had been begun
 * and not finished is done now, so that a crash at any moment leads to the same folder.
 */
export async function prepareWorktree(
  room: Room,
  request: WorkspaceRequest,
  known: WorkspaceRecord | null,
  calls: WorkspaceCalls,
): Promise<WorkspaceRecord> {
  if (known === null) return await create(room, request, calls);
  if (!isOfWorktree(known)) throw new Error('The record of a worktree has no worktree.');
  if (known.state === 'creating') {
    await discard(room, known, calls.signal);
    return await create(room, request, calls);
  }
  return await restore(room, request, known, calls);
}

async function create(
  room: Room,
  request: WorkspaceRequest,
  calls: WorkspaceCalls,
): Promise<WorkspaceRecord> {
  const folder = await gitFolder(room, request, calls.signal);
  const base = await sessionBase(folder, {
    sessionId: request.sessionId,
    carryUncommitted: request.carryUncommitted,
    sizeCapBytes: request.sizeCapBytes ?? SIZE_CAP_BYTES,
    temporaryIndex: await temporaryIndex(room),
    home: room.home,
  });
  const start = await startingPoint(folder.git, request, base);
  const made = await room.inTurn('record', () => begin(room, request, folder, base, start));
  try {
    await addWorktree(folder.git, made.worktree, made.branch, start.commit);
    const git = gitIn({ owner: 'user', folder: made.worktree }, contextOf(room, calls.signal));
    const merged = await mergeInto(git, start);
    const ready = {
      ...made,
      baseCommit: merged.commit,
      lastCommit: merged.commit,
      conflicts: [...merged.conflicts],
      notices: [...made.notices, ...merged.notices],
    };
    return await makeReady(room, request, ready, folder, calls);
  } catch (error) {
    // What a called-off start leaves is found by the next one, which has the time to clean it up.
    if (error instanceof ExpectedFailure && error.failure.code !== 'setup_failed') {
      await discard(room, made);
    }
    throw error;
  }
}

/** Chooses a path and a branch that no one else has, and writes them down before anything is made. */
async function begin(
  room: Room,
  request: WorkspaceRequest,
  folder: GitFolder,
  base: SessionBase,
  start: StartingPoint,
): Promise<WorktreeRecord> {
  const worktree = await chooseFolder(room, request);
  const wanted = branchName(request);
  const branch = await freeBranchName(folder.git, wanted);
  const stepped =
    branch === wanted
      ? []
      : [`The branch name ${wanted} was already taken, so the branch is called ${branch}.`];
  const record = await writeRecord(room.home, {
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
    notices: [...base.notices, ...start.notices, ...stepped],
    leftOut: [],
    createdAt: room.now(),
    usedAt: room.now(),
  });
  return { ...record, worktree, repositoryRoot: folder.root };
}

/** What makes a fresh worktree fit for work. Until all of it is done, the next call does it again. */
async function makeReady(
  room: Room,
  request: WorkspaceRequest,
  record: WorktreeRecord,
  folder: GitFolder,
  calls: WorkspaceCalls,
): Promise<WorkspaceRecord> {
  const context = contextOf(room, calls.signal);
  const own = resolve(folder.root, await folder.git.run(['rev-parse', '--git-dir']));
  const submodules = await fillSubmodules(record.worktree, [own, folder.commonDirectory], context);
  await mkdir(record.cwd, { recursive: true });
  const copied = await copyIgnored({
    git: gitIn({ owner: 'user', folder: folder.folder }, context),
    from: folder.folder,
    to: record.cwd,
    patterns: folder.isBare ? [] : request.copy,
  });
  const notices = [...new Set([...record.notices, ...submodules, ...copied])];
  const filled = await writeRecord(room.home, { ...record, notices, state: 'checked-out' });
  await runSetup(room, filled.cwd, request.setup, calls);
  return await writeRecord(room.home, { ...filled, state: 'ready', usedAt: room.now() });
}

async function restore(
  room: Room,
  request: WorkspaceRequest,
  known: WorktreeRecord,
  calls: WorkspaceCalls,
): Promise<WorkspaceRecord> {
  const folder = await gitFolder(room, { folder: known.folder }, calls.signal);
  const context = contextOf(room, calls.signal);
  const restored = await restoreWorktree(folder.git, known, context);
  const notices = [...new Set([...known.notices, ...restored.notices])];
  const record = { ...known, branch: restored.branch, notices, usedAt: room.now() };
  const isReady = known.state === 'ready' && !restored.isNew;
  if (isReady) return await writeRecord(room.home, record);
  return await makeReady(room, request, record, folder, calls);
}

async function discard(room: Room, record: WorktreeRecord, signal?: AbortSignal): Promise<void> {
  const { git } = await gitFolder(room, { folder: record.folder }, signal);
  await discardWorktree(git, record.worktree);
  await deleteUnusedBranch(git, record.branch, record.baseCommit);
  await forgetRecord(room.home, record.key);
}

/** @throws ExpectedFailure `folder_without_git` */
async function gitFolder(
  room: Room,
  { folder }: Pick<WorkspaceRequest, 'folder'>,
  signal?: AbortSignal,
): Promise<GitFolder> {
  const found = await inspectFolder(folder, contextOf(room, signal));
  if (found.kind === 'git') return found;
  throw new ExpectedFailure(
    'folder_without_git',
    `${folder} is not in a git repository, so it cannot have a worktree.`,
    'Run `git init` in it, or set `isolation` to `in-place` in the local settings of the workflow.',
  );
}

/** A path of its own, reserved by the record that is written next. */
async function chooseFolder(room: Room, request: WorkspaceRequest): Promise<string> {
  const parent = join(room.home, 'worktrees', slug(request.sessionPrefix, 'session'));
  const name = worktreeName(request);
  const key = attemptKey(request);
  const taken = new Set((await listRecords(room.home)).map(({ worktree }) => worktree));
  for (const candidate of [name, `${name}-${key.slice(0, 4)}`, `${name}-${key.slice(0, 12)}`]) {
    const path = join(parent, candidate);
    if (!taken.has(path) && (await isFree(path))) return path;
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
