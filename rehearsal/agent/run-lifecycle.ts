import type { Clock } from '../clock.ts';
import type { RunId } from '../ids.ts';
import { isTerminal, type RunProgress, type RunRecord, type TokenUsage } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { StreamHub } from '../stream/hub.ts';
import { ended, type StreamEvent, statusChanged, turnEnded } from '../stream/stream-events.ts';
import { branchesOf } from './branches.ts';

export type RunEnding = {
  readonly status: 'FINISHED' | 'ERROR' | 'CANCELLED' | 'EXPIRED';
  readonly text?: string;
};

/**
 * All state changes of runs. The record and the frames are written in one transaction, and readers are notified after
 * it. So every frame that a reader has received is on disk, and the record agrees with `result` before the stream can
 * close.
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

  /** Appends events to the stream of a live run. Returns false if the run has ended. */
  append(runId: RunId, events: readonly StreamEvent[], progress: RunProgress): boolean {
    return this.#write(runId, () => {
      this.#store.events.append(runId, events, this.#clock.now());
      this.#store.runs.saveProgress(runId, progress);
    });
  }

  markRunning(runId: RunId): boolean {
    return this.#write(runId, () => {
      const nowMs = this.#clock.now();
      this.#store.runs.update(runId, { status: 'RUNNING', startedAtMs: nowMs, updatedAtMs: nowMs });
      this.#store.events.append(runId, [statusChanged(runId, 'RUNNING')], nowMs);
    });
  }

  /** Ends the run. Returns false if it had already ended. */
  end(runId: RunId, ending: RunEnding): boolean {
    return this.#write(runId, (run) => {
      const nowMs = Math.max(this.#clock.now(), run.createdAtMs + 1);
      const durationMs = nowMs - run.createdAtMs;
      const usage = usageOf(run.prompt, this.#store.runs.progress(runId).outputTokens);
      const text = ending.text === undefined || ending.text === '' ? undefined : ending.text;
      this.#store.runs.update(runId, {
        status: ending.status,
        updatedAtMs: nowMs,
        endedAtMs: nowMs,
        endedUnscaledMs: this.#clock.unscaledNow(),
        ...(text === undefined ? {} : { result: text }),
        usage,
      });
      const agent = this.#store.agents.update(run.agentId, { updatedAtMs: nowMs });
      const branches = branchesOf(agent, this.#origin());
      const events = [
        ...(ending.status === 'FINISHED' ? [turnEnded(usage)] : []),
        // Recorded from Cursor: a cancelled stream has FINISHED here and CANCELLED in the result.
        statusChanged(runId, ending.status === 'CANCELLED' ? 'FINISHED' : ending.status),
        ended({
          runId,
          status: ending.status,
          ...(text === undefined ? {} : { text }),
          durationMs,
          ...(branches.length === 0 ? {} : { git: { branches } }),
        }),
      ];
      this.#store.events.append(runId, events, nowMs);
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
    if (isWritten) this.#hub.notify(runId);
    return isWritten;
  }
}

/** Estimates usage: about four characters per token, half of the input read from the cache. */
export function usageOf(prompt: string, outputTokens: number): TokenUsage {
  const inputTokens = Math.ceil(prompt.length / 4) + 900;
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens: Math.floor(inputTokens / 2),
    cacheWriteTokens: Math.ceil(inputTokens / 4),
  };
}
