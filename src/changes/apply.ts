import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedFailure, type Result, toResult } from '../lib/expected-failure.ts';
import { decodeFileName, type GitContext } from '../lib/git-client.ts';
import { createKeyedQueue } from '../lib/keyed-queue.ts';
import { kindAt, pathIn } from './folder-paths.ts';
import { type ApplyRequest, type DetailedPlan, makePlan, type PlannedFile } from './plan-apply.ts';
import { restoreFiles } from './undo.ts';
import {
  type AppliedFile,
  copyDurably,
  copyOf,
  type FileState,
  folderOf,
  forgetUndoRecord,
  isSameState,
  modeLike,
  stateAt,
  type UndoRecord,
  writeUndoRecord,
} from './undo-record.ts';
import { bringTo } from './write-file.ts';

export type CarryOutRequest = ApplyRequest & {
  /** The plan that the person agreed to. */
  readonly planId: string;
  /** What is applied, in words for people, such as the name of the workflow. */
  readonly label: string;
  /** What is applied to several folders at once has it in common. */
  readonly groupId?: string;
  /** `markers` writes files in conflict with git's markers in them. */
  readonly onConflict?: 'refuse' | 'markers';
};

export type Applied = {
  /** Null if there was nothing to do. */
  readonly undoId: string | null;
  readonly files: readonly PlannedFile[];
  /** Written with conflict markers. */
  readonly conflicts: readonly string[];
};

/**
 * Applies changes to the person's folder: all of them or none, and no file that the plan does not name. The index and
 * HEAD stay as they are. What was there is kept first, so that it can be undone, also after a crash in the middle.
 */
export const apply = (
  request: CarryOutRequest,
  context: GitContext = {},
): Promise<Result<Applied>> =>
  // Two at once would each find the folder changed by the other one.
  inTurn(request.folder, () => toResult(() => applyAlone(request, context)));

const inTurn = createKeyedQueue();

async function applyAlone(request: CarryOutRequest, context: GitContext): Promise<Applied> {
  const plan = await makePlan(request, context);
  if (plan.planId !== request.planId) throw outdated();
  refuseConflicts(plan, request.onConflict ?? 'refuse');
  if (plan.entries.length === 0) return { undoId: null, files: [], conflicts: [] };
  const undoId = `${Date.now().toString(36)}-${randomUUID().slice(0, 8)}`;
  const record = await prepareRecord(request, plan, undoId);
  await carryOut(request.home, record);
  const conflicts = plan.conflicts.map(({ path }) => path);
  return { undoId, files: plan.files, conflicts };
}

function refuseConflicts({ conflicts }: DetailedPlan, onConflict: 'refuse' | 'markers'): void {
  const hopeless = conflicts.filter(({ kind }) => onConflict === 'refuse' || kind === 'in-the-way');
  if (hopeless.length === 0) return;
  const names = hopeless.slice(0, 10).map(({ path, kind }) => `${path} (${kind})`);
  const more = hopeless.length > 10 ? ` and ${hopeless.length - 10} more` : '';
  throw new ExpectedFailure(
    'apply_conflicts',
    `These files cannot be changed without losing something: ${names.join(', ')}${more}. Nothing was changed.`,
    'Commit or move your own changes there, merge the branch with git, or have conflict markers written.',
  );
}

/** Keeps what is there, and puts ready what will be. Nothing in the folder is touched. */
async function prepareRecord(
  request: CarryOutRequest,
  plan: DetailedPlan,
  undoId: string,
): Promise<UndoRecord> {
  const { home } = request;
  try {
    for (const which of ['before', 'after'])
      await mkdir(join(folderOf(home, undoId), which), { recursive: true, mode: 0o700 });
    const staged = await checkOut(request, plan, undoId);
    const files: AppliedFile[] = [];
    for (const [index, { path, letter }] of plan.entries.entries()) {
      const before = await keepCopy(plan.folder, path, copyOf(home, undoId, 'before', index));
      const after =
        letter === 'D'
          ? ({ kind: 'nothing' } as const)
          : await keepCopy(staged, path, copyOf(home, undoId, 'after', index));
      files.push({ path, before, after: withModeOf(before, after) });
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
      files,
    });
  } catch (error) {
    await forgetUndoRecord(home, undoId);
    throw error;
  }
}

/** Writes the new files as a checkout would, with filters and line ends, into a folder of ours. */
async function checkOut(
  { home }: CarryOutRequest,
  plan: DetailedPlan,
  undoId: string,
): Promise<string> {
  const staged = join(folderOf(home, undoId), 'staged');
  const variables = { GIT_INDEX_FILE: join(folderOf(home, undoId), 'index') };
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
    if (letter !== 'D' && inConflict.has(decodeFileName(path))) await nameSides(staged, path, plan);
  }
  return staged;
}

/** Git's markers name commits that nobody knows. */
async function nameSides(staged: string, path: string, { labels }: DetailedPlan): Promise<void> {
  const full = pathIn(staged, path);
  let content = await readFile(full, 'latin1');
  for (const [commit, label] of labels) content = content.replaceAll(commit, label);
  await writeFile(full, content, 'latin1');
}

/** Who may read a file is the person's business. */
const withModeOf = (before: FileState, after: FileState): FileState =>
  before.kind === 'file' && after.kind === 'file'
    ? { ...after, mode: modeLike(before.mode, after.mode) }
    : after;

async function keepCopy(folder: string, path: string, copy: string): Promise<FileState> {
  // A folder whose files all go makes room for a file.
  if ((await kindAt(folder, path)) === 'folder') return { kind: 'nothing' };
  const state = await stateAt(folder, path);
  if (state === 'unknown') throw outdated();
  if (state.kind === 'file') await copyDurably(pathIn(folder, path), copy, state.mode);
  return state;
}

export async function carryOut(home: string, record: UndoRecord): Promise<void> {
  const { folder, undoId, files } = record;
  // What goes makes room first: a file may replace a folder.
  const inOrder = [...files.entries()].sort(
    ([, one], [, other]) =>
      Number(other.after.kind === 'nothing') - Number(one.after.kind === 'nothing'),
  );
  try {
    for (const [index, { path, before, after }] of inOrder) {
      // Someone may have saved the file since the plan was made.
      if (!isSameState(await stateAt(folder, path), before)) throw outdated();
      await bringTo(folder, path, after, copyOf(home, undoId, 'after', index));
    }
    await writeUndoRecord(home, { ...record, state: 'applied' });
  } catch (error) {
    await restoreFiles(home, record);
    await forgetUndoRecord(home, undoId);
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
