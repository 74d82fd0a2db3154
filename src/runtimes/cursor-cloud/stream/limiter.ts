import type { Sleep } from '../../../lib/sleep.ts';
import { Pause } from '../pauses.ts';
import type { Clock } from '../time.ts';

export type LimiterLimits = {
  readonly perSecond: number;
  readonly burst: number;
  /** Connections that are being opened at the same time; open streams do not count. */
  readonly maxOpening: number;
};
const DEFAULT_LIMITS: LimiterLimits = { perSecond: 10, burst: 20, maxOpening: 10 };

/**
 * A rate limiter for all connects and reconnects of this process, so that hundreds of streams do not reconnect to Cursor at
 * the same time after a wake. Runs that a user is viewing go first, the others in order.
 */
export type Limiter = {
  /** Waits for a slot; call `release` once the connection is open or has failed. False if the signal was aborted. */
  acquire(signal: AbortSignal, isUrgent?: () => boolean): Promise<boolean>;
  release(): void;
  /** Grants no slots for this long, except probes, because Cursor requested it (429). */
  pause(milliseconds: number): void;
  /** Ends the pause, because Cursor accepts connections again or the user does not want to wait. */
  endPause(): void;
  /** The reason and end of the pause, for display; null if there is none. */
  pauseReason(): string | null;
};

type Waiter = { readonly isUrgent: () => boolean; readonly settle: (isAcquired: boolean) => void };

export function createLimiter(
  clock: Clock,
  sleep: Sleep,
  pause: Pause = new Pause(clock),
  limits: LimiterLimits = DEFAULT_LIMITS,
): Limiter {
  const waiting: Waiter[] = [];
  let tokens = limits.burst;
  let refilledAt = clock();
  let opening = 0;
  let isAdmitting = false;
  /** Ends the wait for time or for a free slot; also aborted when no waiter is left. */
  let wakeUp = new AbortController();

  function refill(): void {
    const now = clock();
    // The clock may be set back, which must not remove tokens.
    const elapsedMs = Math.max(0, now - refilledAt);
    tokens = Math.min(limits.burst, tokens + (elapsedMs / 1000) * limits.perSecond);
    refilledAt = now;
  }

  function waitMs(): number {
    refill();
    const tokenMs = tokens >= 1 ? 0 : ((1 - tokens) / limits.perSecond) * 1000;
    return Math.max(pause.waitMs, tokenMs);
  }

  /** Grants slots to the waiters, one by one, until there are none. */
  async function admit(): Promise<void> {
    isAdmitting = true;
    while (waiting.length > 0) {
      wakeUp = new AbortController();
      const milliseconds = waitMs();
      if (opening >= limits.maxOpening) await aborted(wakeUp.signal);
      else if (milliseconds > 0) await sleep(Math.ceil(milliseconds), wakeUp.signal);
      else admitNext();
    }
    isAdmitting = false;
  }

  function admitNext(): void {
    const urgent = waiting.findIndex(({ isUrgent }) => isUrgent());
    const [next] = waiting.splice(Math.max(0, urgent), 1);
    pause.recordCall();
    tokens -= 1;
    opening += 1;
    next?.settle(true);
  }

  return {
    acquire(signal, isUrgent = () => false) {
      if (signal.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const onAbort = () => {
          waiting.splice(waiting.indexOf(waiter), 1);
          if (waiting.length === 0) wakeUp.abort();
          resolve(false);
        };
        const settle = (isAcquired: boolean) => {
          signal.removeEventListener('abort', onAbort);
          resolve(isAcquired);
        };
        const waiter: Waiter = { isUrgent, settle };
        signal.addEventListener('abort', onAbort, { once: true });
        waiting.push(waiter);
        if (!isAdmitting) void admit();
      });
    },
    release() {
      opening -= 1;
      wakeUp.abort();
    },
    pause: (milliseconds) => pause.begin(milliseconds),
    endPause() {
      pause.end();
      wakeUp.abort();
    },
    pauseReason: () => pause.reason,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
