import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ExpectedFailure, type Result, toResult } from '../lib/expected-failure.ts';
import { decodeFileName } from '../lib/git-client.ts';
import { kindAt } from './folder-paths.ts';
import {
  copyOf,
  forgetUndoRecord,
  isSameState,
  listUndoRecords,
  readUndoRecord,
  stateAt,
  type UndoRecord,
  writeUndoRecord,
} from './undo-record.ts';
import { bringTo } from './write-file.ts';

export type UndoRequest = { readonly home: string; readonly undoIds: readonly string[] };

export type Undone = { readonly folder: string; readonly files: readonly string[] };

/**
 * Brings every file back to what it was before something was applied, byte for byte. Refused, with nothing changed, when
 * the person has changed one of them since. It also ends what a crash cut off.
 */
export const undoApply = ({ home, undoIds }: UndoRequest): Promise<Result<readonly Undone[]>> =>
  toResult(async () => {
    const records: UndoRecord[] = [];
    for (const undoId of undoIds) records.push(await undoable(home, undoId));
    for (const record of records) {
      await restoreFiles(home, record);
      await writeUndoRecord(home, { ...record, state: 'undone' });
    }
    return records.map(({ folder, files }) => ({
      folder,
      files: files.map(({ path }) => decodeFileName(path)),
    }));
  });

async function undoable(home: string, undoId: string): Promise<UndoRecord> {
  const record = await readUndoRecord(home, undoId);
  if (record === null || record.state === 'undone') {
    throw new ExpectedFailure(
      'nothing_to_undo',
      'There is nothing to undo: it was undone already, or is no longer kept.',
    );
  }
  const changed = await changedSince(record);
  if (changed.length > 0) {
    throw new ExpectedFailure(
      'undo_conflict',
      `These files in ${record.folder} have changed since: ${changed.slice(0, 10).join(', ')}. Nothing was undone.`,
      'Move your changes elsewhere, then undo; or take the changes back with git.',
    );
  }
  return record;
}

async function changedSince({ folder, files }: UndoRecord): Promise<string[]> {
  const changed: string[] = [];
  const paths = new Set(files.map(({ path }) => decodeFileName(path)));
  for (const { path, before, after } of files) {
    const isFolder = (await kindAt(folder, path)) === 'folder';
    // A folder replaced a file; it goes with its files, if none has been added.
    if (isFolder && after.kind === 'nothing' && (await holdsOnly(folder, path, paths))) continue;
    const now = await stateAt(folder, path);
    if (!isSameState(now, after) && !isSameState(now, before)) changed.push(decodeFileName(path));
  }
  return changed;
}

async function holdsOnly(
  folder: string,
  path: string,
  paths: ReadonlySet<string>,
): Promise<boolean> {
  const top = decodeFileName(path);
  const entries = await readdir(join(folder, top), { recursive: true, withFileTypes: true });
  return entries.every(
    (entry) =>
      entry.isDirectory() ||
      paths.has(relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')),
  );
}

/** Files that are neither as before nor as after are someone else's and are left alone. */
export async function restoreFiles(home: string, record: UndoRecord): Promise<void> {
  const { folder, undoId, files } = record;
  const inOrder = [...files.entries()].sort(
    ([, one], [, other]) =>
      Number(other.before.kind === 'nothing') - Number(one.before.kind === 'nothing'),
  );
  for (const [index, { path, before, after }] of inOrder) {
    const now = await stateAt(folder, path);
    if (isSameState(now, before) || !isSameState(now, after)) continue;
    await bringTo(folder, path, before, copyOf(home, undoId, 'before', index));
  }
}

export type AppliedEntry = {
  readonly undoId: string;
  /** The same for all folders to which something was applied at once. */
  readonly groupId: string;
  readonly label: string;
  readonly folder: string;
  readonly appliedAt: number;
  /** It was cut off by a crash; undoing brings everything back. */
  readonly wasCutOff: boolean;
  readonly files: readonly string[];
};

/** What was applied and can be undone, the newest first. */
export async function listApplied(home: string): Promise<readonly AppliedEntry[]> {
  const records = await listUndoRecords(home);
  return records.flatMap(({ undoId, groupId = undoId, label, folder, appliedAt, state, files }) =>
    state === 'undone'
      ? []
      : [
          {
            ...{ undoId, groupId, label, folder, appliedAt },
            wasCutOff: state === 'applying',
            files: files.map(({ path }) => decodeFileName(path)),
          },
        ],
  );
}

/** Forgets what can be undone after a while. What a crash cut off is kept until it is undone. */
export async function pruneApplied(
  home: string,
  olderThanMs: number,
  now = Date.now(),
): Promise<void> {
  for (const { undoId, appliedAt, state } of await listUndoRecords(home)) {
    if (state !== 'applying' && now - appliedAt > olderThanMs) await forgetUndoRecord(home, undoId);
  }
}
