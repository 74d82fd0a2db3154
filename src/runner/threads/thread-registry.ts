import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { LocalThread, LocalTurn, StopResult } from '../../runtimes/local/protocol.ts';
import type { StartThread } from '../../runtimes/local/start-requests.ts';
import { pruneThreads } from '../recover/prune-threads.ts';
import type { ThreadContext } from './context.ts';
import { type Owner, readOwner, removeOwner, writeOwner } from './owner-file.ts';
import { diskFull, failed, type Result } from './result.ts';
import type { StopReason } from './stop-signal.ts';
import { Thread } from './thread.ts';

/** A thread without requests is unloaded after this time; it can be restored from its log. */
const UNLOAD_AFTER_MS = 10 * 60_000;

const STOP_TIMEOUT_MS = 25_000;

type LoadedThread = { readonly thread: Promise<Thread>; lastUsedAt: number; readers: number };

/** All threads of a home folder, each loaded on its first request. */
export class ThreadRegistry {
  readonly #context: ThreadContext;
  readonly #folder: string;
  readonly #owner: () => Owner;
  readonly #loaded = new Map<string, LoadedThread>();
  #isRetiring = false;

  constructor(context: ThreadContext, folder: string, owner: () => Owner) {
    this.#context = context;
    this.#folder = folder;
    this.#owner = owner;
  }

  /** Stops accepting new threads. */
  retire(): void {
    this.#isRetiring = true;
  }

  get isRetiring(): boolean {
    return this.#isRetiring;
  }

  /** Recovers the threads that crashed runners had open. */
  async recover(): Promise<void> {
    for (const threadId of await this.#threadIds()) {
      if (readOwner(this.#folderOf(threadId))?.kind !== 'gone') continue;
      await this.get(threadId).catch((error: unknown) =>
        this.#context.log(`${threadId} could not be resumed: ${String(error)}`),
      );
    }
  }

  /** Deletes old threads: see `pruneThreads`. */
  async prune(): Promise<void> {
    const removed = await pruneThreads({
      folder: this.#folder,
      now: this.#context.now(),
      isInUse: (threadId) =>
        this.#loaded.has(threadId) || readOwner(this.#folderOf(threadId)) !== null,
    });
    if (removed.length > 0) this.#context.log(`removed old threads: ${removed.join(', ')}`);
  }

  async start(threadId: string, request: StartThread): Promise<Result<LocalTurn>> {
    const existing = await this.get(threadId);
    if (existing.ok && existing.value.state.start !== null) return existing.value.start(request);
    if (!existing.ok && existing.error.code !== 'not_found') return existing;
    if (this.#isRetiring) return failed('retiring', 'A newer runner takes new threads.');
    try {
      await mkdir(this.#folderOf(threadId), { recursive: true, mode: 0o700 });
      return (await this.#load(threadId)).start(request);
    } catch (error) {
      if (!isDiskError(error)) throw error;
      return diskFull(error);
    }
  }

  /** A thread that exists and is not open in another runner. */
  async get(threadId: string): Promise<Result<Thread>> {
    const entry = this.#loaded.get(threadId);
    if (entry === undefined) {
      const folder = this.#folderOf(threadId);
      if (!existsSync(join(folder, 'log.ndjson')))
        return failed('not_found', 'There is no such thread.');
      const owner = readOwner(folder);
      if (owner?.kind === 'alive' && owner.owner.pid !== process.pid)
        return failed('thread_elsewhere', 'An older runner has this thread.', {
          address: owner.owner.address,
        });
      if (this.#isRetiring) return failed('retiring', 'A newer runner has this thread.');
    }
    return { ok: true, value: await this.#load(threadId) };
  }

  /** The threads that this runner has open. */
  async list(): Promise<readonly LocalThread[]> {
    const threads = await this.#threads();
    return threads.map((thread) => thread.view()).filter((view) => view !== null);
  }

  /** Threads with a turn in progress. */
  async openCount(): Promise<number> {
    return (await this.#threads()).filter(({ isIdle }) => !isIdle).length;
  }

  /** No turn is in progress, no process is kept and no client is reading. */
  async isQuiescent(): Promise<boolean> {
    const isRead = [...this.#loaded.values()].some(({ readers }) => readers > 0);
    if (isRead || !this.#context.sharedHosts.isQuiescent) return false;
    return (await this.#threads()).every(({ isQuiescent }) => isQuiescent);
  }

  /** Keeps a thread loaded until the result is disposed. */
  addReader(threadId: string): Disposable {
    const entry = this.#loaded.get(threadId);
    if (entry !== undefined) entry.readers += 1;
    let isReading = entry !== undefined;
    return {
      [Symbol.dispose]() {
        if (entry !== undefined && isReading) entry.readers -= 1;
        isReading = false;
      },
    };
  }

  /** Stops every turn in progress. Returns their number and the processes that could not be ended. */
  async stopAll(reason: StopReason): Promise<StopResult> {
    const threads = await this.#threads();
    const ended = threads.filter(({ isIdle }) => !isIdle).length;
    const stopping = Promise.all(threads.map((thread) => thread.stop(reason)));
    // Their processes have been ended by then; what cannot be recorded on a full disk is recovered by the next runner.
    const survivors = await Promise.race([stopping, sleep(STOP_TIMEOUT_MS, [], { ref: false })]);
    return { ended, survivors: survivors.flat().map(({ pid, name }) => `${pid} (${name})`) };
  }

  /** Publishes a new address of this runner for the threads that it has open. */
  async moveTo(address: string): Promise<void> {
    for (const threadId of this.#loaded.keys())
      await writeOwner(this.#folderOf(threadId), { ...this.#owner(), address });
  }

  /** Unloads quiescent threads: all of them when retiring, otherwise those that were not used for a while. */
  async unloadIdle(): Promise<void> {
    const now = this.#context.now();
    for (const [threadId, entry] of [...this.#loaded]) {
      const thread = await entry.thread;
      const isUnused = this.#isRetiring || now - entry.lastUsedAt > UNLOAD_AFTER_MS;
      // The newer runner may need the thread now, and its host is of the older build.
      if (this.#isRetiring && thread.isIdle) await thread.stop({ kind: 'cancelled' });
      if (!isUnused || entry.readers > 0 || !thread.isQuiescent) continue;
      this.#loaded.delete(threadId);
      // Removed before anything is awaited: a request that loads the thread again writes the file anew.
      removeOwner(this.#folderOf(threadId));
      await thread.dispose();
    }
  }

  /** Unloads all threads. Everything must be stopped already. */
  async close(): Promise<void> {
    const threads = await this.#threads();
    this.#loaded.clear();
    for (const thread of threads) {
      await thread.dispose();
      removeOwner(thread.folder);
    }
    await this.#context.sharedHosts.close();
  }

  #load(threadId: string): Promise<Thread> {
    const entry = this.#loaded.get(threadId);
    if (entry !== undefined) {
      entry.lastUsedAt = this.#context.now();
      return entry.thread;
    }
    const thread = this.#open(threadId);
    this.#loaded.set(threadId, { thread, lastUsedAt: this.#context.now(), readers: 0 });
    // A failed load is tried again by the next request.
    thread.catch(() => this.#loaded.delete(threadId));
    return thread;
  }

  async #open(threadId: string): Promise<Thread> {
    const folder = this.#folderOf(threadId);
    await writeOwner(folder, this.#owner());
    return Thread.open(this.#context, { threadId, folder });
  }

  async #threads(): Promise<readonly Thread[]> {
    const settled = await Promise.allSettled(
      [...this.#loaded.values()].map(({ thread }) => thread),
    );
    return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }

  #folderOf(threadId: string): string {
    return join(this.#folder, threadId);
  }

  async #threadIds(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }
}

const DISK_ERRORS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);
const isDiskError = (error: unknown): error is Error =>
  DISK_ERRORS.has(systemErrorCode(error) ?? '');
