import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { LocalThread, LocalTurn, StopAnswer } from '../../runtimes/local/protocol.ts';
import type { StartThread } from '../../runtimes/local/start-requests.ts';
import { pruneThreads } from '../recover/prune-threads.ts';
import type { ThreadContext } from './context.ts';
import { type Owner, readOwner, removeOwner, writeOwner } from './owner-file.ts';
import { type Answer, diskRefusal, refusal } from './refusal.ts';
import type { StopReason } from './stop-signal.ts';
import { Thread } from './thread.ts';

/** A thread that nobody asks about is closed after a while; its log brings it back. */
const FORGET_AFTER_MS = 10 * 60_000;

const STOP_PATIENCE_MS = 25_000;

type Held = { readonly thread: Promise<Thread>; usedAt: number; readers: number };

/** All threads of a home folder, each opened when it is asked for. */
export class ThreadRegistry {
  readonly #context: ThreadContext;
  readonly #folder: string;
  readonly #owner: () => Owner;
  readonly #held = new Map<string, Held>();
  #isRetiring = false;

  constructor(context: ThreadContext, folder: string, owner: () => Owner) {
    this.#context = context;
    this.#folder = folder;
    this.#owner = owner;
  }

  /** Takes no new threads from now on. */
  retire(): void {
    this.#isRetiring = true;
  }

  get isRetiring(): boolean {
    return this.#isRetiring;
  }

  /** Takes up what runners that died had in their hands. */
  async recover(): Promise<void> {
    for (const threadId of await this.#folders()) {
      if (readOwner(this.#folderOf(threadId))?.kind !== 'gone') continue;
      await this.get(threadId).catch((error: unknown) =>
        this.#context.say(`${threadId} could not be resumed: ${String(error)}`),
      );
    }
  }

  /** Removes what nobody needs anymore. */
  async prune(): Promise<void> {
    const removed = await pruneThreads({
      folder: this.#folder,
      now: this.#context.now(),
      isHeld: (threadId) =>
        this.#held.has(threadId) || readOwner(this.#folderOf(threadId)) !== null,
    });
    if (removed.length > 0) this.#context.say(`removed old threads: ${removed.join(', ')}`);
  }

  async start(threadId: string, request: StartThread): Promise<Answer<LocalTurn>> {
    const found = await this.get(threadId);
    if (found.ok && found.value.state.start !== null) return found.value.start(request);
    if (!found.ok && found.error.code !== 'not_found') return found;
    if (this.#isRetiring) return refusal('retiring', 'A newer runner takes new threads.');
    try {
      await mkdir(this.#folderOf(threadId), { recursive: true, mode: 0o700 });
      return (await this.#hold(threadId)).start(request);
    } catch (error) {
      if (!isDiskTrouble(error)) throw error;
      return diskRefusal(error);
    }
  }

  /** A thread that exists, and is in no one else's hands. */
  async get(threadId: string): Promise<Answer<Thread>> {
    const held = this.#held.get(threadId);
    if (held === undefined) {
      const folder = this.#folderOf(threadId);
      if (!existsSync(join(folder, 'log.ndjson')))
        return refusal('not_found', 'There is no such thread.');
      const had = readOwner(folder);
      if (had?.kind === 'alive' && had.owner.pid !== process.pid)
        return refusal('thread_elsewhere', 'An older runner has this thread.', {
          address: had.owner.address,
        });
      if (this.#isRetiring) return refusal('retiring', 'A newer runner has this thread.');
    }
    return { ok: true, value: await this.#hold(threadId) };
  }

  /** What this runner has in its hands. */
  async list(): Promise<readonly LocalThread[]> {
    const threads = await this.#opened();
    return threads.map((thread) => thread.view()).filter((view) => view !== null);
  }

  /** Threads with a turn in progress. */
  async openCount(): Promise<number> {
    return (await this.#opened()).filter(({ isIdle }) => !isIdle).length;
  }

  /** Nothing works, no process is held and nobody reads. */
  async isAtRest(): Promise<boolean> {
    const isRead = [...this.#held.values()].some(({ readers }) => readers > 0);
    if (isRead || !this.#context.sharedHosts.isAtRest) return false;
    return (await this.#opened()).every(({ isAtRest }) => isAtRest);
  }

  /** Keeps a thread open for as long as someone reads it. */
  reading(threadId: string): Disposable {
    const held = this.#held.get(threadId);
    if (held !== undefined) held.readers += 1;
    let isReading = held !== undefined;
    return {
      [Symbol.dispose]() {
        if (held !== undefined && isReading) held.readers -= 1;
        isReading = false;
      },
    };
  }

  /** Stops every turn that is in progress. Tells how many there were, and which processes would not end. */
  async stopAll(reason: StopReason): Promise<StopAnswer> {
    const threads = await this.#opened();
    const ended = threads.filter(({ isIdle }) => !isIdle).length;
    const stopping = Promise.all(threads.map((thread) => thread.stop(reason)));
    // Their processes are gone by then; what a full disk keeps from being written down is found by the next runner.
    const survivors = await Promise.race([stopping, sleep(STOP_PATIENCE_MS, [], { ref: false })]);
    return { ended, survivors: survivors.flat().map(({ pid, name }) => `${pid} (${name})`) };
  }

  /** Other runners find ours at another address from now on. */
  async moveTo(address: string): Promise<void> {
    for (const threadId of this.#held.keys())
      await writeOwner(this.#folderOf(threadId), { ...this.#owner(), address });
  }

  /** Lets go of threads at rest: of all when retiring, otherwise of those that were not used for a while. */
  async forget(): Promise<void> {
    const now = this.#context.now();
    for (const [threadId, held] of [...this.#held]) {
      const thread = await held.thread;
      const isOld = this.#isRetiring || now - held.usedAt > FORGET_AFTER_MS;
      // A newer runner may need the thread now; its host is of the older build.
      if (this.#isRetiring && thread.isIdle) await thread.stop({ kind: 'cancelled' });
      if (!isOld || held.readers > 0 || !thread.isAtRest) continue;
      this.#held.delete(threadId);
      await thread.dispose();
      removeOwner(this.#folderOf(threadId));
    }
  }

  /** After everything was stopped. */
  async close(): Promise<void> {
    const threads = await this.#opened();
    this.#held.clear();
    for (const thread of threads) {
      await thread.dispose();
      removeOwner(thread.folder);
    }
    await this.#context.sharedHosts.close();
  }

  #hold(threadId: string): Promise<Thread> {
    const known = this.#held.get(threadId);
    if (known !== undefined) {
      known.usedAt = this.#context.now();
      return known.thread;
    }
    const thread = this.#open(threadId);
    this.#held.set(threadId, { thread, usedAt: this.#context.now(), readers: 0 });
    // A folder that cannot be opened now is tried again by the next request.
    thread.catch(() => this.#held.delete(threadId));
    return thread;
  }

  async #open(threadId: string): Promise<Thread> {
    const folder = this.#folderOf(threadId);
    await writeOwner(folder, this.#owner());
    return Thread.open(this.#context, { threadId, folder });
  }

  async #opened(): Promise<readonly Thread[]> {
    const settled = await Promise.allSettled([...this.#held.values()].map(({ thread }) => thread));
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  #folderOf(threadId: string): string {
    return join(this.#folder, threadId);
  }

  async #folders(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }
}

const DISK_TROUBLE = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);
const isDiskTrouble = (error: unknown): error is Error =>
  DISK_TROUBLE.has(systemErrorCode(error) ?? '');
