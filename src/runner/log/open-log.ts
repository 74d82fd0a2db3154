import { createReadStream } from 'node:fs';
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readLines } from '../../lib/lines.ts';
import { syncFolder } from '../../lib/sync-folder.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import { decodeRecord, type StoredRecord } from './record.ts';

/** Where a record begins, for some of them: readers start near the place they want. */
export type Mark = { readonly seq: number; readonly offset: number };
export const MARK_EVERY = 128;

export type OpenedFile = {
  readonly handle: FileHandle;
  readonly lastSeq: number;
  readonly sizeBytes: number;
  readonly marks: Mark[];
  /** A copy of the file from before its unreadable end was cut off; null when it was only torn, or whole. */
  readonly damagedCopy: string | null;
};

/**
 * Opens a log and tells each of its records, in order. A torn last line, which a crash leaves, is cut off: nobody was
 * told of it. When whole records lie behind an unreadable one the disk has failed, and the file is copied first.
 */
export async function openFile(
  path: string,
  onRecord: (stored: StoredRecord) => void,
): Promise<OpenedFile> {
  const handle = await openOrCreate(path);
  const { sizeBytes, lastSeq, marks } = await scan(path, onRecord);
  const isWhole = sizeBytes === (await handle.stat()).size;
  const damagedCopy = isWhole ? null : await keepDamaged(path, sizeBytes);
  if (!isWhole) {
    await handle.truncate(sizeBytes);
    await handle.datasync();
  }
  return { handle, lastSeq, sizeBytes, marks, damagedCopy };
}

async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
  const handle = await open(path, 'wx+', 0o600);
  syncFolder(dirname(path));
  return handle;
}

async function scan(path: string, onRecord: (stored: StoredRecord) => void) {
  const marks: Mark[] = [];
  let lastSeq = 0;
  let sizeBytes = 0;
  for await (const { text, endOffset, isTerminated } of readLines(createReadStream(path))) {
    const stored = isTerminated ? decodeRecord(text) : null;
    if (stored?.seq !== lastSeq + 1) break;
    if (stored.seq % MARK_EVERY === 1) marks.push({ seq: stored.seq, offset: sizeBytes });
    lastSeq = stored.seq;
    sizeBytes = endOffset;
    onRecord(stored);
  }
  return { marks, lastSeq, sizeBytes };
}

async function keepDamaged(path: string, offset: number): Promise<string | null> {
  for await (const { text, isTerminated } of readLines(createReadStream(path, { start: offset }))) {
    if (!isTerminated || decodeRecord(text) === null) continue;
    const copy = `${path}.damaged-${Date.now()}`;
    await copyFile(path, copy);
    return copy;
  }
  return null;
}
