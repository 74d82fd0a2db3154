import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ExpectedFailure, type Result, toResult } from '../lib/expected-failure.ts';
import { decodeFileName } from '../lib/git-client.ts';
import { caseKey } from './case-renames.ts';
import { kindAt } from './folder-paths.ts';
import {
  copyPath,
  isSameState,
  listUndoRecords,
  readUndoRecord,
  removeUndoRecord,
  stateAt,
  type UndoRecord,
  writeUndoRecord,
} from './undo-record.ts';
import { writeState } from './write-file.ts';

export type UndoRequest = { readonly home: string; readonly undoIds: readonly string[] };

export type UndoResult = { readonly folder: string; readonly files: readonly string[] };

/**
 * Restores every file to its state before something was applied, byte for byte. Fails without changing anything if the user
 * has changed one of the files since. Also undoes what a crash interrupted.
 */
export const undoApply = ({ home, undoIds }: UndoRequest): Promise<Result<readonly UndoResult[]>> =>
  toResult(async () => {
    const records: UndoRecord[] = [];
    for (const undoId of undoIds) records.push(await requireUndoable(home, undoId));
    for (const record of records) {
      await restoreFiles(home, record);
      await writeUndoRecord(home, { ...record, state: 'undone' });
    }
    return records.map(({ folder, files }) => ({
      folder,
      files: files.map(({ path }) => decodeFileName(path)),
    }));
  });

async function requireUndoable(home: string, undoId: string): Promise<UndoRecord> {
  const record = await readUndoRecord(home, undoId);
  if (record === null || record.state === 'undone') {
    throw new ExpectedFailure(
      'nothing_to_undo',
      'There is nothing to undo: it was undone already, or is no longer kept.',
    );
  }
  const changed = await changedFiles(record);
  if (changed.length > 0) {
    throw new ExpectedFailure(
      'undo_conflict',
      `These files in ${record.folder} have changed since: ${changed.slice(0, 10).join(', ')}. Nothing was undone.`,
      'Move your changes elsewhere, then undo; or take the changes back with git.',
    );
  }
  return record;
}

async function changedFiles({ folder, files }: UndoRecord): Promise<string[]> {
  const changed: string[] = [];
  const paths = new Set(files.map(({ path }) => decodeFileName(path)));
  const caseTwins = Map.groupBy(files, ({ path }) => caseKey(path));
  for (const { path, after } of files) {
    const isFolder = (await kindAt(folder, path)) === 'folder';
    // A folder replaced a file. It is removed with its files if none has been added.
    if (isFolder && after.kind === 'nothing' && (await containsOnly(folder, path, paths))) continue;
    const now = await stateAt(folder, path);
    // On a disk that ignores case, the new file is at the old path too.
    const known = (caseTwins.get(caseKey(path)) ?? []).flatMap((file) => [file.before, file.after]);
    if (!known.some((state) => isSameState(now, state))) changed.push(decodeFileName(path));
  }
  return changed;
}

async function containsOnly(
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

/** Restores files. Those in neither the state before nor after were changed by someone else and are not touched. */
export async function restoreFiles(home: string, record: UndoRecord): Promise<void> {
  const { folder, undoId, files } = record;
  const ordered = [...files.entries()].sort(
    ([, first], [, second]) =>
      Number(second.before.kind === 'nothing') - Number(first.before.kind === 'nothing'),
  );
  for (const [index, { path, before, after }] of ordered) {
    const now = await stateAt(folder, path);
    if (isSameState(now, before) || !isSameState(now, after)) continue;
    await writeState(folder, path, before, copyPath(home, undoId, 'before', index));
  }
}

export type AppliedEntry = {
  readonly undoId: string;
  /** Common to all folders that were changed at once. */
  readonly groupId: string;
  readonly label: string;
  readonly folder: string;
  readonly appliedAt: number;
  /** A crash interrupted it; undoing restores everything. */
  readonly wasCutOff: boolean;
  /** Files written with conflict markers. */
  readonly markedCount: number;
  readonly files: readonly string[];
};

/** What was applied and can be undone, newest first. */
export async function listApplied(home: string): Promise<readonly AppliedEntry[]> {
  const records = await listUndoRecords(home);
  return records.flatMap(({ undoId, groupId = undoId, state, files, ...record }) =>
    state === 'undone'
      ? []
      : [
          {
            undoId,
            groupId,
            label: record.label,
            folder: record.folder,
            appliedAt: record.appliedAt,
            wasCutOff: state === 'applying',
            markedCount: record.markedCount,
            files: files.map(({ path }) => decodeFileName(path)),
          },
        ],
  );
}

/** Removes old undo records. Those that a crash interrupted are kept until they are undone. */
export async function pruneApplied(
  home: string,
  olderThanMs: number,
  now = Date.now(),
): Promise<void> {
  for (const { undoId, appliedAt, state } of await listUndoRecords(home)) {
    if (state !== 'applying' && now - appliedAt > olderThanMs) await removeUndoRecord(home, undoId);
  }
}
