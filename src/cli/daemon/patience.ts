import { activityOf } from '../../lib/process.ts';
import type { SilentDaemon } from './presence.ts';

/** A daemon that starts may take any time while it gets on; after so long without any sign of it, something is wrong. */
const STARTING_WITHOUT_PROGRESS_MS = 60_000;
/** One that has started owes an answer sooner, however much it works. */
const ANSWER_WITHOUT_PROGRESS_MS = 20_000;
const ANSWER_AT_ALL_MS = 60_000;
/** Some systems tell of a process only through another program. */
const LOOK_EVERY_MS = 1_000;

export type PatienceOptions = {
  /** Milliseconds of a clock that is never set. */
  readonly now?: () => number;
  readonly activityOf?: (pid: number) => string | null;
};

/** Decides how long to wait for a daemon that does not answer: as long as it gets on, whatever the clock says. */
export class Patience {
  readonly #now: () => number;
  readonly #activityOf: (pid: number) => string | null;
  readonly #since: number;
  #lastHeartbeat = '';
  #activity: string | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #lastHeartbeatAt: number;

  constructor(options: PatienceOptions = {}) {
    this.#now = options.now ?? (() => performance.now());
    this.#activityOf = options.activityOf ?? activityOf;
    this.#since = this.#now();
    this.#lastHeartbeatAt = this.#since;
  }

  /** Looks at what is waited for. False when waiting longer makes no sense. */
  lasts({ pid, doing }: Pick<SilentDaemon, 'pid' | 'doing'>): boolean {
    const now = this.#now();
    if (now - this.#lookedAt >= LOOK_EVERY_MS) {
      this.#lookedAt = now;
      this.#activity = this.#activityOf(pid);
    }
    // Where the system tells nothing, a start is believed in while its process lives.
    if (this.#activity === null && doing !== null) return true;
    const sign = `${pid} ${doing} ${this.#activity}`;
    if (sign !== this.#lastHeartbeat) {
      this.#lastHeartbeat = sign;
      this.#lastHeartbeatAt = now;
    }
    const silentMs = now - this.#lastHeartbeatAt;
    if (doing !== null) return silentMs < STARTING_WITHOUT_PROGRESS_MS;
    return silentMs < ANSWER_WITHOUT_PROGRESS_MS && now - this.#since < ANSWER_AT_ALL_MS;
  }
}
