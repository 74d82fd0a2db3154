import { createReadStream } from 'node:fs';
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readLines } from '../../lib/lines.ts';
import { syncFolder } from '../../lib/sync-folder.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import { decodeRecord, type StoredRecord } from './record.ts';

/**
 * The position of a record in the file. The index has an entry for every `INDEX_INTERVAL`th record, so that readers can
 * start near the record that they want.
 */
export type IndexEntry = { readonly seq: number; readonly offset: number };
export const INDEX_INTERVAL = 128;

export type OpenedLog = {
  readonly handle: FileHandle;
  readonly lastSeq: number;
  readonly sizeBytes: number;
  readonly index: IndexEntry[];
  /**
   * A copy of the file with the unreadable part that was cut off; null if the file was intact, or only its last line
   * was torn.
   */
  readonly corruptCopy: string | null;
};

/**
 * Opens a log and passes each of its records to `onRecord`, in order. A torn last line, which a crash leaves, is cut
 * off: it was never reported to anyone. If intact records follow an unreadable one, the disk has failed, and the file
 * is copied first.
 */
export async function openLogFile(
  path: string,
  onRecord: (stored: StoredRecord) => void,
): Promise<OpenedLog> {
  const handle = await openOrCreate(path);
  const { sizeBytes, lastSeq, index } = await scan(path, onRecord);
  const isIntact = sizeBytes === (await handle.stat()).size;
  const corruptCopy = isIntact ? null : await copyIfCorrupt(path, sizeBytes);
  if (!isIntact) {
    await handle.truncate(sizeBytes);
    await handle.datasync();
  }
  return { handle, lastSeq, sizeBytes, index, corruptCopy };
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
  const index: IndexEntry[] = [];
  let lastSeq = 0;
  let sizeBytes = 0;
  for await (const { text, endOffset, isTerminated } of readLines(createReadStream(path))) {
    const stored = isTerminated ? decodeRecord(text) : null;
    if (stored?.seq !== lastSeq + 1) break;
    if (stored.seq % INDEX_INTERVAL === 1) index.push({ seq: stored.seq, offset: sizeBytes });
    lastSeq = stored.seq;
    sizeBytes = endOffset;
    onRecord(stored);
  }
  return { index, lastSeq, sizeBytes };
}

async function copyIfCorrupt(path: string, offset: number): Promise<string | null> {
  for await (const { text, isTerminated } of readLines(createReadStream(path, { start: offset }))) {
    if (!isTerminated || decodeRecord(text) === null) continue;
    const copy = `${path}.damaged-${Date.now()}`;
    await copyFile(path, copy);
    return copy;
  }
  return null;
}
