import { activityOf } from '../../lib/process.ts';
import type { UnresponsiveDaemon } from './daemon-state.ts';

/** A starting daemon may take any time as long as it makes progress; after this time without progress it has stalled. */
const START_STALL_MS = 60_000;
/** A daemon that has started must respond sooner, even if it is busy. */
const RESPONSE_STALL_MS = 20_000;
const MAX_RESPONSE_MS = 60_000;
/** On some systems a sample requires starting another program. */
const SAMPLE_INTERVAL_MS = 1_000;

export type ProgressTimeoutOptions = {
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  readonly activityOf?: (pid: number) => string | null;
};

/** Decides how long to wait for a daemon that does not respond: as long as it makes progress. */
export class ProgressTimeout {
  readonly #now: () => number;
  readonly #activityOf: (pid: number) => string | null;
  readonly #since: number;
  #lastProgress = '';
  #activity: string | null = null;
  #sampledAt = Number.NEGATIVE_INFINITY;
  #lastProgressAt: number;

  constructor(options: ProgressTimeoutOptions = {}) {
    this.#now = options.now ?? (() => performance.now());
    this.#activityOf = options.activityOf ?? activityOf;
    this.#since = this.#now();
    this.#lastProgressAt = this.#since;
  }

  /** Samples the process. False if the caller should stop waiting. */
  shouldWait({ pid, doing }: Pick<UnresponsiveDaemon, 'pid' | 'doing'>): boolean {
    const now = this.#now();
    if (now - this.#sampledAt >= SAMPLE_INTERVAL_MS) {
      this.#sampledAt = now;
      this.#activity = this.#activityOf(pid);
    }
    // If the system reports no activity, keep waiting for a start while the process exists.
    if (this.#activity === null && doing !== null) return true;
    const progress = `${pid} ${doing} ${this.#activity}`;
    if (progress !== this.#lastProgress) {
      this.#lastProgress = progress;
      this.#lastProgressAt = now;
    }
    const stalledMs = now - this.#lastProgressAt;
    if (doing !== null) return stalledMs < START_STALL_MS;
    return stalledMs < RESPONSE_STALL_MS && now - this.#since < MAX_RESPONSE_MS;
  }
}
