import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedFailure, type Result, toResult } from '../lib/expected-failure.ts';
import { decodeFileName, type GitContext } from '../lib/git-client.ts';
import { createKeyedQueue } from '../lib/keyed-queue.ts';
import { caseRenames, isAlias } from './case-renames.ts';
import { kindAt, pathIn } from './folder-paths.ts';
import { type ApplyRequest, type DetailedPlan, makePlan, type PlannedFile } from './plan-apply.ts';
import { restoreFiles } from './undo.ts';
import {
  type AppliedFile,
  copyDurably,
  copyPath,
  type FileState,
  isSameState,
  mergeModes,
  recordFolder,
  removeUndoRecord,
  stateAt,
  type UndoRecord,
  writeUndoRecord,
} from './undo-record.ts';
import { writeState } from './write-file.ts';

export type ApplyPlannedRequest = ApplyRequest & {
  /** The plan that the user confirmed. */
  readonly planId: string;
  /** A display name of what is applied, such as the name of the workflow. */
  readonly label: string;
  /** Common to everything that is applied at once to several folders. */
  readonly groupId?: string;
  /** `markers` writes conflicting files with git's conflict markers. */
  readonly onConflict?: 'refuse' | 'markers';
  /** Files that contain conflict markers already in the work itself. */
  readonly marked?: readonly string[];
};

export type Applied = {
  /** Null if there was nothing to apply. */
  readonly undoId: string | null;
  readonly files: readonly PlannedFile[];
  /** Written with conflict markers. */
  readonly conflicts: readonly string[];
};

/**
 * Applies changes to the user's folder: all of them or none, and only to files of the plan. The index and HEAD are not
 * changed. The previous contents are stored first, so that everything can be undone, even after a crash in the middle.
 */
export const apply = (
  request: ApplyPlannedRequest,
  context: GitContext = {},
): Promise<Result<Applied>> =>
  // Serialized per folder, because concurrent calls would change the folder under each other.
  enqueue(request.folder, () => toResult(() => applyExclusively(request, context)));

const enqueue = createKeyedQueue();

async function applyExclusively(
  request: ApplyPlannedRequest,
  context: GitContext,
): Promise<Applied> {
  const plan = await makePlan(request, context);
  if (plan.planId !== request.planId) throw outdated();
  requireNoConflicts(plan, request.onConflict ?? 'refuse');
  if (plan.entries.length === 0) return { undoId: null, files: [], conflicts: [] };
  const undoId = `${Date.now().toString(36)}-${randomUUID().slice(0, 8)}`;
  const conflicts = markedFiles(plan, request.marked ?? []);
  const record = await prepareRecord(request, plan, undoId, conflicts.length);
  await applyRecord(request.home, record);
  return { undoId, files: plan.files, conflicts };
}

/** The files that are written with conflict markers. */
function markedFiles({ files, conflicts }: DetailedPlan, markedInWork: readonly string[]) {
  const isWritten = (path: string) =>
    files.some((file) => file.path === path && file.action !== 'delete');
  return [...new Set([...conflicts.map(({ path }) => path), ...markedInWork.filter(isWritten)])];
}

function requireNoConflicts({ conflicts }: DetailedPlan, onConflict: 'refuse' | 'markers'): void {
  const unresolvable = conflicts.filter(
    ({ kind }) => onConflict === 'refuse' || kind === 'in-the-way',
  );
  if (unresolvable.length === 0) return;
  const names = unresolvable.slice(0, 10).map(({ path, kind }) => `${path} (${kind})`);
  const more = unresolvable.length > 10 ? ` and ${unresolvable.length - 10} more` : '';
  throw new ExpectedFailure(
    'apply_conflicts',
    `These files cannot be changed without losing something: ${names.join(', ')}${more}. Nothing was changed.`,
    'Commit or move your own changes there, merge the branch with git, or have conflict markers written.',
  );
}

/** Stores the contents before and after. Does not change the folder. */
async function prepareRecord(
  request: ApplyPlannedRequest,
  plan: DetailedPlan,
  undoId: string,
  markedCount: number,
): Promise<UndoRecord> {
  const { home } = request;
  try {
    for (const side of ['before', 'after'])
      await mkdir(join(recordFolder(home, undoId), side), { recursive: true, mode: 0o700 });
    const staged = await checkOutStaged(request, plan, undoId);
    const renames = caseRenames(plan.entries);
    const files: AppliedFile[] = [];
    for (const [index, { path, letter }] of plan.entries.entries()) {
      // What is there is the file to be renamed, which is stored under its old name.
      const isRenamed = renames.has(path) && (await isAlias(plan.folder, path));
      const before = isRenamed
        ? ({ kind: 'nothing' } as const)
        : await storeCopy(plan.folder, path, copyPath(home, undoId, 'before', index));
      const after =
        letter === 'D'
          ? ({ kind: 'nothing' } as const)
          : await storeCopy(staged, path, copyPath(home, undoId, 'after', index));
      files.push({ path, before, after: withPreservedMode(before, after) });
    }
    await rm(staged, { recursive: true, force: true });
    return await writeUndoRecord(home, {
      version: 1,
      undoId,
      ...(request.groupId === undefined ? {} : { groupId: request.groupId }),
      label: request.label,
      folder: plan.folder,
      appliedAt: Date.now(),
      state: 'applying',
      markedCount,
      files,
    });
  } catch (error) {
    await removeUndoRecord(home, undoId);
    throw error;
  }
}

/** Writes the new files to a staging folder as a checkout would, with filters and line endings. */
async function checkOutStaged(
  { home }: ApplyPlannedRequest,
  plan: DetailedPlan,
  undoId: string,
): Promise<string> {
  const staged = join(recordFolder(home, undoId), 'staged');
  const variables = { GIT_INDEX_FILE: join(recordFolder(home, undoId), 'index') };
  await plan.git.run(['read-tree', plan.tree], { variables });
  const paths = plan.entries.flatMap(({ path, letter }) => (letter === 'D' ? [] : [`${path}\0`]));
  await mkdir(staged);
  await plan.git.run(['checkout-index', '-z', '--stdin', `--prefix=${staged}/`], {
    variables,
    input: paths.join(''),
    encoding: 'latin1',
  });
  await rm(variables.GIT_INDEX_FILE, { force: true });
  const inConflict = new Set(plan.conflicts.map(({ path }) => path));
  for (const { path, letter } of plan.entries) {
    if (letter !== 'D' && inConflict.has(decodeFileName(path)))
      await labelConflictSides(staged, path, plan);
  }
  return staged;
}

/** Replaces the ids of temporary commits in git's conflict markers with labels. */
async function labelConflictSides(
  staged: string,
  path: string,
  { labels }: DetailedPlan,
): Promise<void> {
  const full = pathIn(staged, path);
  let content = await readFile(full, 'latin1');
  for (const [commit, label] of labels) content = content.replaceAll(commit, label);
  await writeFile(full, content, 'latin1');
}

/** Keeps the user's permissions of an existing file. */
const withPreservedMode = (before: FileState, after: FileState): FileState =>
  before.kind === 'file' && after.kind === 'file'
    ? { ...after, mode: mergeModes(before.mode, after.mode) }
    : after;

async function storeCopy(folder: string, path: string, copy: string): Promise<FileState> {
  // A folder whose files are all deleted can be replaced by a file.
  if ((await kindAt(folder, path)) === 'folder') return { kind: 'nothing' };
  const state = await stateAt(folder, path);
  if (state === 'unknown') throw outdated();
  if (state.kind === 'file') await copyDurably(pathIn(folder, path), copy, state.mode);
  return state;
}

export async function applyRecord(home: string, record: UndoRecord): Promise<void> {
  const { folder, undoId, files } = record;
  // Deletions first, because a file may replace a folder.
  const ordered = [...files.entries()].sort(
    ([, one], [, other]) =>
      Number(other.after.kind === 'nothing') - Number(one.after.kind === 'nothing'),
  );
  try {
    for (const [index, { path, before, after }] of ordered) {
      // The file may have been saved since the plan was made.
      if (!isSameState(await stateAt(folder, path), before)) throw outdated();
      await writeState(folder, path, after, copyPath(home, undoId, 'after', index));
    }
    await writeUndoRecord(home, { ...record, state: 'applied' });
  } catch (error) {
    await restoreFiles(home, record);
    await removeUndoRecord(home, undoId);
    if (error instanceof ExpectedFailure) throw error;
    throw new ExpectedFailure(
      'apply_failed',
      `The folder could not be changed: ${error instanceof Error ? error.message : error}. Everything is as it was.`,
      'Fix what the message names, then try again.',
    );
  }
}

const outdated = (): ExpectedFailure =>
  new ExpectedFailure(
    'plan_outdated',
    'The folder or the changes are not as they were when the plan was made. Nothing was changed.',
    'Look at the plan again.',
  );
