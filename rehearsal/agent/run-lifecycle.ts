import type { Clock } from '../clock.ts';
import type { RunId } from '../ids.ts';
import { isTerminal, type RunProgress, type RunRecord, type TokenUsage } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { StreamHub } from '../stream/hub.ts';
import { ended, type Moment, statusChanged, turnEnded } from '../stream/moments.ts';
import { branchesOf } from './branches.ts';

export type RunEnding = {
  readonly status: 'FINISHED' | 'ERROR' | 'CANCELLED' | 'EXPIRED';
  readonly text?: string;
};

/**
 * Every change of a run: record and frames are written in one transaction, and readers are woken after it. So a
 * frame that was seen is on disk, and the record agrees with `result` before the stream can close.
 */
export class RunLifecycle {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #hub: StreamHub;
  readonly #origin: () => string;

  constructor(store: Store, clock: Clock, hub: StreamHub, origin: () => string) {
    this.#store = store;
    this.#clock = clock;
    this.#hub = hub;
    this.#origin = origin;
  }

  /** Adds to the stream of a live run; false when the run has ended meanwhile. */
  append(runId: RunId, moments: readonly Moment[], progress: RunProgress): boolean {
    return this.#write(runId, () => {
      this.#store.events.append(runId, moments, this.#clock.now());
      this.#store.runs.saveProgress(runId, progress);
    });
  }

  markRunning(runId: RunId): boolean {
    return this.#write(runId, () => {
      const nowMs = this.#clock.now();
      this.#store.runs.change(runId, { status: 'RUNNING', startedAtMs: nowMs, updatedAtMs: nowMs });
      this.#store.events.append(runId, [statusChanged(runId, 'RUNNING')], nowMs);
    });
  }

  /** Ends the run, once: false when it had ended already. */
  end(runId: RunId, ending: RunEnding): boolean {
    return this.#write(runId, (run) => {
      const nowMs = Math.max(this.#clock.now(), run.createdAtMs + 1);
      const durationMs = nowMs - run.createdAtMs;
      const usage = usageOf(run.prompt, this.#store.runs.progress(runId).outputTokens);
      const text = ending.text === undefined || ending.text === '' ? undefined : ending.text;
      this.#store.runs.change(runId, {
        status: ending.status,
        updatedAtMs: nowMs,
        endedAtMs: nowMs,
        endedUnscaledMs: this.#clock.unscaledNow(),
        ...(text === undefined ? {} : { result: text }),
        usage,
      });
      const agent = this.#store.agents.change(run.agentId, { updatedAtMs: nowMs });
      const branches = branchesOf(agent, this.#origin());
      const moments = [
        ...(ending.status === 'FINISHED' ? [turnEnded(usage)] : []),
        // Recorded from Cursor: a cancelled stream says FINISHED here and CANCELLED in the result.
        statusChanged(runId, ending.status === 'CANCELLED' ? 'FINISHED' : ending.status),
        ended({
          runId,
          status: ending.status,
          ...(text === undefined ? {} : { text }),
          durationMs,
          ...(branches.length === 0 ? {} : { git: { branches } }),
        }),
      ];
      this.#store.events.append(runId, moments, nowMs);
    });
  }

  #write(runId: RunId, work: (run: RunRecord) => void): boolean {
    let isWritten = false;
    try {
      this.#store.transaction(() => {
        const run = this.#store.runs.find(runId);
        if (run === undefined || isTerminal(run.status)) return;
        work(run);
        isWritten = true;
      });
    } catch (error) {
      this.#store.events.forgetTail(runId);
      throw error;
    }
    if (isWritten) this.#hub.wake(runId);
    return isWritten;
  }
}

/** About four characters a token; a follow-up finds half of its context in the cache. */
export function usageOf(prompt: string, outputTokens: number): TokenUsage {
  const inputTokens = Math.ceil(prompt.length / 4) + 900;
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens: Math.floor(inputTokens / 2),
    cacheWriteTokens: Math.ceil(inputTokens / 4),
  };
}
