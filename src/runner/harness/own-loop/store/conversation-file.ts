import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../../../lib/system-error.ts';
import { type Record, recordSchema } from './record.ts';

const NAME = 'conversation.ndjson';
const LINE_BREAK = 0x0a;

/**
 * The conversation of a thread on disk, one record per line. A record is on disk when `append` returns, so calls are
 * recorded before they take effect.
 */
export class ConversationFile {
  readonly records: readonly Record[];
  readonly #file: number;

  private constructor(file: number, records: readonly Record[]) {
    this.#file = file;
    this.records = records;
  }

  /**
   * Reads the existing records. A last line that a crash tore is cut off, so that the next record starts on its own
   * line.
   */
  static open(storeFolder: string): ConversationFile {
    const path = join(storeFolder, NAME);
    const bytes = readBytes(path);
    const completeBytes = bytes.subarray(0, bytes.lastIndexOf(LINE_BREAK) + 1);
    const file = openSync(path, 'a', 0o600);
    if (completeBytes.length < bytes.length) {
      ftruncateSync(file, completeBytes.length);
      fsyncSync(file);
    }
    const lines = completeBytes.toString('utf8').split('\n').slice(0, -1);
    return new ConversationFile(file, lines.flatMap(parseLine));
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

/** Skips invalid lines, from a full disk or a later version: the rest of the conversation is still useful. */
function parseLine(line: string): readonly Record[] {
  try {
    const record = recordSchema.safeParse(JSON.parse(line));
    return record.success ? [record.data] : [];
  } catch {
    return [];
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
