import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLines } from '../../lib/lines.ts';
import { MARK_EVERY, type Mark, type OpenedFile, openFile } from './open-log.ts';
import { decodeRecord, encodeRecord, type LogRecord, type StoredRecord } from './record.ts';

export class LogClosed extends Error {}

/** Writing failed, and nothing of the records is in the log. */
export class LogRefused extends Error {}

export type LogOptions = {
  /** Between two tries to write where the disk refuses. */
  readonly retryEveryMs?: number;
  /** For tests that let the disk refuse. */
  readonly write?: typeof writeDurably;
  readonly onTrouble?: (error: Error | null) => void;
};

type Entry = {
  readonly records: readonly LogRecord[];
  /**
   * The caller must learn immediately that the disk reports an error. Otherwise, the write is retried until it
   * succeeds.
   */
  readonly mayFail: boolean;
  stored(records: readonly StoredRecord[]): void;
  failed(error: Error): void;
};

/** As much as goes to disk at once. */
const BATCH_RECORDS = 2_000;
const RETRY_EVERY_MS = 1_000;

/**
 * The log of one thread: the truth about it, which survives the death of the runner and of the machine. A record counts
 * once it is on disk; nobody is told of it before. What comes while the disk is busy is written together.
 */
export class ThreadLog {
  readonly #path: string;
  readonly #onRecord: (stored: StoredRecord) => void;
  readonly #options: LogOptions;
  readonly #handle: FileHandle;
  readonly #marks: Mark[];
  readonly #waiting = new Set<() => void>();
  #queue: Entry[] = [];
  #sizeBytes: number;
  #lastSeq: number;
  #trouble: Error | null = null;
  #writing: Promise<void> | null = null;
  #hasClosed = false;
  readonly damagedCopy: string | null;

  private constructor(
    path: string,
    opened: OpenedFile,
    onRecord: (stored: StoredRecord) => void,
    options: LogOptions,
  ) {
    this.#path = path;
    this.#onRecord = onRecord;
    this.#options = options;
    this.#handle = opened.handle;
    this.#marks = opened.marks;
    this.#sizeBytes = opened.sizeBytes;
    this.#lastSeq = opened.lastSeq;
    this.damagedCopy = opened.damagedCopy;
  }

  /** `onRecord` hears of every record in order: of those that are there, and of each new one once it is on disk. */
  static async open(
    path: string,
    onRecord: (stored: StoredRecord) => void,
    options: LogOptions = {},
  ): Promise<ThreadLog> {
    return new ThreadLog(path, await openFile(path, onRecord), onRecord, options);
  }

  /** Of the last record on disk; 0 when there is none. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  get isClosed(): boolean {
    return this.#hasClosed;
  }

  /** Why nothing can be written at the moment. */
  get trouble(): Error | null {
    return this.#trouble;
  }

  /**
   * Resolves once the records are on disk. While the disk refuses it waits.
   * @throws LogClosed
   */
  append(...records: readonly LogRecord[]): Promise<readonly StoredRecord[]> {
    return this.#enqueue(records, false);
  }

  /**
   * Like `append`, for what must not happen without its record.
   * @throws LogRefused when the disk refuses; nothing is in the log then
   */
  appendOrFail(...records: readonly LogRecord[]): Promise<readonly StoredRecord[]> {
    return this.#enqueue(records, true);
  }

  #enqueue(records: readonly LogRecord[], mayFail: boolean): Promise<readonly StoredRecord[]> {
    if (this.#hasClosed) return Promise.reject(new LogClosed());
    const { promise, resolve, reject } = Promise.withResolvers<readonly StoredRecord[]>();
    this.#queue.push({ records, mayFail, stored: resolve, failed: reject });
    this.#writing ??= this.#writeAll();
    return promise;
  }

  async #writeAll(): Promise<void> {
    // Whatever is asked for at the same time goes to disk together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      const failure = await this.#write(batch);
      if (failure === null) continue;
      const stubborn = batch.filter((entry) => !entry.mayFail || this.#refuse(entry, failure));
      this.#queue.unshift(...stubborn);
      if (this.#hasClosed) this.#giveUp();
      if (this.#queue.length > 0) await sleep(this.#options.retryEveryMs ?? RETRY_EVERY_MS);
    }
    // In the same step as the look at the queue: what comes later begins again.
    this.#writing = null;
  }

  #refuse(entry: Entry, failure: Error): boolean {
    entry.failed(new LogRefused(failure.message, { cause: failure }));
    return false;
  }

  #giveUp(): void {
    for (const entry of this.#queue.splice(0)) entry.failed(new LogClosed());
  }

  #takeBatch(): Entry[] {
    let count = 0;
    const end = this.#queue.findIndex((entry) => {
      count += entry.records.length;
      return count > BATCH_RECORDS;
    });
    return this.#queue.splice(0, end === -1 ? this.#queue.length : Math.max(1, end));
  }

  /** Null when it is on disk. */
  async #write(batch: readonly Entry[]): Promise<Error | null> {
    const marks: Mark[] = [];
    const lines: string[] = [];
    let seq = this.#lastSeq;
    let sizeBytes = this.#sizeBytes;
    const stored = batch.map(({ records }) =>
      records.map((record): StoredRecord => {
        seq += 1;
        if (seq % MARK_EVERY === 1) marks.push({ seq, offset: sizeBytes });
        const line = encodeRecord(seq, record);
        lines.push(line);
        sizeBytes += Buffer.byteLength(line);
        return { seq, record };
      }),
    );
    try {
      const write = this.#options.write ?? writeDurably;
      await write(this.#handle, Buffer.from(lines.join('')), this.#sizeBytes);
    } catch (error) {
      return this.#noteTrouble(error instanceof Error ? error : new Error(String(error)));
    }
    this.#marks.push(...marks);
    this.#lastSeq = seq;
    this.#sizeBytes = sizeBytes;
    if (this.#trouble !== null) this.#noteTrouble(null);
    for (const one of stored.flat()) this.#onRecord(one);
    batch.forEach((entry, index) => {
      entry.stored(stored[index] ?? []);
    });
    this.#wakeReaders();
    return null;
  }

  #noteTrouble<Trouble extends Error | null>(trouble: Trouble): Trouble {
    if (this.#trouble?.message !== trouble?.message) this.#options.onTrouble?.(trouble);
    this.#trouble = trouble;
    return trouble;
  }

  /** Records behind `seq` that are on disk now, read from there: a slow reader costs no memory. */
  async *read(after: number): AsyncGenerator<StoredRecord> {
    const end = this.#sizeBytes;
    const mark = this.#marks.findLast(({ seq }) => seq <= after + 1);
    const start = mark?.offset ?? 0;
    if (after >= this.#lastSeq || start >= end) return;
    for await (const { text } of readLines(createReadStream(this.#path, { start, end: end - 1 }))) {
      const stored = decodeRecord(text);
      if (stored === null) throw new Error(`${this.#path} was changed by another program.`);
      if (stored.seq > after) yield stored;
    }
  }

  /** Resolves when there are records behind `seq`, when the log is closed, by the signal, or for no reason. */
  async waitBeyond(seq: number, signal: AbortSignal): Promise<void> {
    if (this.#lastSeq > seq || this.#hasClosed || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#waiting.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    await promise;
    signal.removeEventListener('abort', wake);
    this.#waiting.delete(wake);
  }

  #wakeReaders(): void {
    for (const wake of this.#waiting) wake();
  }

  /** What is still to be written is written first, unless the disk refuses. */
  async close(): Promise<void> {
    this.#hasClosed = true;
    await this.#writing;
    this.#wakeReaders();
    await this.#handle.close();
  }
}

/** Writes at a place and syncs. When it fails, what a part of it may have left is cut off again. */
export async function writeDurably(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  try {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
    // After a failed sync the system may forget what it could not write, so it is all written again the next time.
    await handle.datasync();
  } catch (error) {
    // Where even this fails, the next write overwrites it, and opening cuts it off.
    await handle.truncate(at).catch(() => undefined);
    throw error;
  }
}
