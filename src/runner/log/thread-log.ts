import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLines } from '../../lib/lines.ts';
import { INDEX_INTERVAL, type IndexEntry, type OpenedLog, openLogFile } from './open-log.ts';
import { decodeRecord, encodeRecord, type LogRecord, type StoredRecord } from './record.ts';

export class LogClosed extends Error {}

/** Writing failed, and none of the records are in the log. */
export class LogWriteFailed extends Error {}

export type LogOptions = {
  /** Interval of the retries after a write error. */
  readonly retryEveryMs?: number;
  /** For tests that simulate write errors. */
  readonly write?: typeof writeDurably;
  readonly onWriteError?: (error: Error | null) => void;
};

type Entry = {
  readonly records: readonly LogRecord[];
  /** If true, a write error rejects the entry immediately. Otherwise the write is retried until it succeeds. */
  readonly rejectOnError: boolean;
  stored(records: readonly StoredRecord[]): void;
  failed(error: Error): void;
};

/** Maximum size of record write. */
const MAX_BATCH_RECORDS = 2_000;
const RETRY_EVERY_MS = 1_000;

/**
 * The log of record thread, the only source of truth about it; it survives a crash of the runner and of the machine. A
 * record is reported only once it is on disk. Records that are appended during a write are written together.
 */
export class ThreadLog {
  readonly #path: string;
  readonly #onRecord: (stored: StoredRecord) => void;
  readonly #options: LogOptions;
  readonly #handle: FileHandle;
  readonly #index: IndexEntry[];
  readonly #waiters = new Set<() => void>();
  #queue: Entry[] = [];
  #sizeBytes: number;
  #lastSeq: number;
  #writeError: Error | null = null;
  #writing: Promise<void> | null = null;
  #isClosed = false;
  readonly corruptCopy: string | null;

  private constructor(
    path: string,
    opened: OpenedLog,
    onRecord: (stored: StoredRecord) => void,
    options: LogOptions,
  ) {
    this.#path = path;
    this.#onRecord = onRecord;
    this.#options = options;
    this.#handle = opened.handle;
    this.#index = opened.index;
    this.#sizeBytes = opened.sizeBytes;
    this.#lastSeq = opened.lastSeq;
    this.corruptCopy = opened.corruptCopy;
  }

  /**
   * `onRecord` is called with every record in order: with the existing ones, and with each new record once it is on disk.
   */
  static async open(
    path: string,
    onRecord: (stored: StoredRecord) => void,
    options: LogOptions = {},
  ): Promise<ThreadLog> {
    return new ThreadLog(path, await openLogFile(path, onRecord), onRecord, options);
  }

  /** Sequence number of the last record on disk; 0 if there is none. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Why records cannot be written at the moment; null if they can. */
  get writeError(): Error | null {
    return this.#writeError;
  }

  /**
   * Resolves once the records are on disk. After a write error it waits until writing succeeds.
   * @throws LogClosed
   */
  append(...records: readonly LogRecord[]): Promise<readonly StoredRecord[]> {
    return this.#enqueue(records, { rejectOnError: false });
  }

  /**
   * Like `append`, for actions that must not happen without a record.
   * @throws LogWriteFailed on a write error; the log is unchanged then
   */
  appendOrFail(...records: readonly LogRecord[]): Promise<readonly StoredRecord[]> {
    return this.#enqueue(records, { rejectOnError: true });
  }

  #enqueue(
    records: readonly LogRecord[],
    { rejectOnError }: Pick<Entry, 'rejectOnError'>,
  ): Promise<readonly StoredRecord[]> {
    if (this.#isClosed) return Promise.reject(new LogClosed());
    const { promise, resolve, reject } = Promise.withResolvers<readonly StoredRecord[]>();
    this.#queue.push({ records, rejectOnError, stored: resolve, failed: reject });
    this.#writing ??= this.#writeAll();
    return promise;
  }

  async #writeAll(): Promise<void> {
    // Entries of the same tick are written together.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch();
      const failure = await this.#write(batch);
      if (failure === null) continue;
      const remaining = batch.filter(
        (entry) => !entry.rejectOnError || this.#rejectEntry(entry, failure),
      );
      this.#queue.unshift(...remaining);
      if (this.#isClosed) this.#rejectQueue();
      if (this.#queue.length > 0) await sleep(this.#options.retryEveryMs ?? RETRY_EVERY_MS);
    }
    // Synchronously after checking the queue: a later append starts a new loop.
    this.#writing = null;
  }

  #rejectEntry(entry: Entry, failure: Error): boolean {
    entry.failed(new LogWriteFailed(failure.message, { cause: failure }));
    return false;
  }

  #rejectQueue(): void {
    for (const entry of this.#queue.splice(0)) entry.failed(new LogClosed());
  }

  #takeBatch(): Entry[] {
    let count = 0;
    const end = this.#queue.findIndex((entry) => {
      count += entry.records.length;
      return count > MAX_BATCH_RECORDS;
    });
    return this.#queue.splice(0, end === -1 ? this.#queue.length : Math.max(1, end));
  }

  /** Null when the batch is on disk, otherwise the error. */
  async #write(batch: readonly Entry[]): Promise<Error | null> {
    const newEntries: IndexEntry[] = [];
    const lines: string[] = [];
    let seq = this.#lastSeq;
    let sizeBytes = this.#sizeBytes;
    const stored = batch.map(({ records }) =>
      records.map((record): StoredRecord => {
        seq += 1;
        if (seq % INDEX_INTERVAL === 1) newEntries.push({ seq, offset: sizeBytes });
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
      return this.#setWriteError(error instanceof Error ? error : new Error(String(error)));
    }
    this.#index.push(...newEntries);
    this.#lastSeq = seq;
    this.#sizeBytes = sizeBytes;
    if (this.#writeError !== null) this.#setWriteError(null);
    for (const record of stored.flat()) this.#onRecord(record);
    batch.forEach((entry, index) => {
      entry.stored(stored[index] ?? []);
    });
    this.#wakeReaders();
    return null;
  }

  #setWriteError<Trouble extends Error | null>(writeError: Trouble): Trouble {
    if (this.#writeError?.message !== writeError?.message) this.#options.onWriteError?.(writeError);
    this.#writeError = writeError;
    return writeError;
  }

  /** Yields the records after `after` that are on disk now, read from the file: a slow reader costs no memory. */
  async *read(after: number): AsyncGenerator<StoredRecord> {
    const end = this.#sizeBytes;
    const nearest = this.#index.findLast(({ seq }) => seq <= after + 1);
    const start = nearest?.offset ?? 0;
    if (after >= this.#lastSeq || start >= end) return;
    for await (const { text } of readLines(createReadStream(this.#path, { start, end: end - 1 }))) {
      const stored = decodeRecord(text);
      if (stored === null) throw new Error(`${this.#path} was changed by another program.`);
      if (stored.seq > after) yield stored;
    }
  }

  /**
   * Resolves when there are records after `seq`, when the log is closed, or when the signal is aborted. May resolve
   * early.
   */
  async waitForRecordAfter(seq: number, signal: AbortSignal): Promise<void> {
    if (this.#lastSeq > seq || this.#isClosed || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#waiters.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    await promise;
    signal.removeEventListener('abort', wake);
    this.#waiters.delete(wake);
  }

  #wakeReaders(): void {
    for (const wake of this.#waiters) wake();
  }

  /** Writes pending records first, unless there is a write error. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
    this.#wakeReaders();
    await this.#handle.close();
  }
}

/** Writes at an offset and syncs. After a failure, a partial write is truncated again. */
export async function writeDurably(handle: FileHandle, bytes: Buffer, at: number): Promise<void> {
  try {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
    // After a failed sync the system may have dropped the data, so the next attempt writes all of it again.
    await handle.datasync();
  } catch (error) {
    // If this fails too, the next write overwrites the rest, and opening the log cuts it off.
    await handle.truncate(at).catch(() => undefined);
    throw error;
  }
}
