import type { ProcessIdentity } from '../../lib/process.ts';
import { type EndRequest, endProcessTree, type ProcessSystem } from './end-process-tree.ts';
import type { ProcessRow } from './process-row.ts';
import { processKey, processTreeOf } from './process-tree.ts';

const SAMPLE_EVERY_MS = 5_000;

type Tracked = { readonly root: ProcessIdentity | null; known: Set<string> };

/**
 * Remembers the processes that each thread has started. A process that leaves its parent and clears its environment
 * cannot be found later, unless it was recorded while it still belonged to its thread.
 */
export class ProcessTracker {
  readonly #system: ProcessSystem;
  readonly #tracked = new Map<string, Tracked>();
  #timer: NodeJS.Timeout | undefined;

  constructor(system: ProcessSystem) {
    this.#system = system;
  }

  /**
   * `root`: the process that all others of the thread descend from; null if that one serves other threads too, or if
   * there is none yet. Processes recorded before are kept.
   */
  track(threadId: string, root: ProcessIdentity | null): void {
    const known = this.#tracked.get(threadId)?.known ?? new Set();
    this.#tracked.set(threadId, { root, known });
    this.#timer ??= setInterval(() => void this.#sample(), SAMPLE_EVERY_MS).unref();
  }

  /** Ends everything that the thread has started. Returns the processes that could not be ended. */
  async end({
    threadId,
    root,
    exclusiveFolder = null,
  }: EndRequest): Promise<readonly ProcessRow[]> {
    const tracked = this.#tracked.get(threadId);
    this.#tracked.delete(threadId);
    if (this.#tracked.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return endProcessTree(this.#system, {
      threadId,
      exclusiveFolder,
      root: tracked?.root ?? root,
      ...(tracked === undefined ? {} : { known: tracked.known }),
    });
  }

  async #sample(): Promise<void> {
    const rows = await this.#system.readProcesses();
    const excluded = new Set([this.#system.ownPid]);
    for (const [threadId, tracked] of this.#tracked) {
      const tree = processTreeOf(rows, { threadId, exclusiveFolder: null, ...tracked, excluded });
      // Only processes that still exist; otherwise the set would grow for as long as the thread lives.
      tracked.known = new Set(tree.map(processKey));
    }
  }
}
