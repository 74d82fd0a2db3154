import type { ProcessIdentity } from '../../lib/process.ts';
import { type Ending, type EndingSystem, endFamily } from './end-family.ts';
import { familyOf, keyOf } from './family.ts';
import type { ProcessRow } from './process-row.ts';

const LOOK_EVERY_MS = 5_000;

type Watched = { readonly root: ProcessIdentity | null; known: Set<string> };

/**
 * Remembers what each thread has started. A process that leaves its parents and clears its environment could not be
 * found later; one that was seen while it still belonged to its thread can.
 */
export class FamilyWatch {
  readonly #system: EndingSystem;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(system: EndingSystem) {
    this.#system = system;
  }

  /**
   * `root`: the process that all else of the thread descends from; null if that serves other threads too, and while
   * there is none yet. What was seen before is not forgotten.
   */
  watch(threadId: string, root: ProcessIdentity | null): void {
    const known = this.#watched.get(threadId)?.known ?? new Set();
    this.#watched.set(threadId, { root, known });
    this.#timer ??= setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  /** Ends everything that the thread has started. Answers with what would not end. */
  async end({ threadId, root, ownFolder = null }: Ending): Promise<readonly ProcessRow[]> {
    const watched = this.#watched.get(threadId);
    this.#watched.delete(threadId);
    if (this.#watched.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    return endFamily(this.#system, {
      threadId,
      ownFolder,
      root: watched?.root ?? root,
      ...(watched === undefined ? {} : { known: watched.known }),
    });
  }

  async #look(): Promise<void> {
    const rows = await this.#system.readProcesses();
    const spared = new Set([this.#system.ownPid]);
    for (const [threadId, watched] of this.#watched) {
      const family = familyOf(rows, { threadId, ownFolder: null, ...watched, spared });
      // Only those that are there still: the set would grow for as long as the thread lives.
      watched.known = new Set(family.map(keyOf));
    }
  }
}
