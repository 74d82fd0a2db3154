import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../../../lib/system-error.ts';
import { type Record, recordSchema } from './record.ts';

const NAME = 'conversation.ndjson';
const LINE_BREAK = 0x0a;

/**
 * The conversation of a thread on disk, one record a line. A record is on disk once `append` returns: a call that takes
 * effect has been written down before.
 */
export class ConversationFile {
  readonly records: readonly Record[];
  readonly #file: number;

  private constructor(file: number, records: readonly Record[]) {
    this.#file = file;
    this.records = records;
  }

  /** Reads what is there. What a crash has left of a last line is cut off, so that the next one begins on its own. */
  static open(storeFolder: string): ConversationFile {
    const path = join(storeFolder, NAME);
    const bytes = bytesOf(path);
    const wholeBytes = bytes.subarray(0, bytes.lastIndexOf(LINE_BREAK) + 1);
    const file = openSync(path, 'a', 0o600);
    if (wholeBytes.length < bytes.length) {
      ftruncateSync(file, wholeBytes.length);
      fsyncSync(file);
    }
    const lines = wholeBytes.toString('utf8').split('\n').slice(0, -1);
    return new ConversationFile(file, lines.flatMap(recordIn));
  }

  append(...records: readonly Record[]): void {
    const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#file, bytes, written);
    }
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Nothing for a line that a full disk or a later version has left: the rest of the conversation is worth more. */
function recordIn(line: string): readonly Record[] {
  try {
    const record = recordSchema.safeParse(JSON.parse(line));
    return record.success ? [record.data] : [];
  } catch {
    return [];
  }
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
