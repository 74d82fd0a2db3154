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
 * One gate for all connects and reconnects of this process, so that hundreds of streams do not arrive at
 * Cursor together after a wake. What someone is looking at goes first, then whoever came first.
 */
export type Limiter = {
  /** Waits for a turn; call `release` once the connection stands or has failed. False = the signal aborted. */
  enter(signal: AbortSignal, isUrgent?: () => boolean): Promise<boolean>;
  release(): void;
  /** Nobody enters for this long, but for a probe now and then: Cursor asked for it (429). */
  pause(milliseconds: number): void;
  /** Cursor takes connections again, or a person does not want to wait: anyone who waits continues. */
  endPause(): void;
  /** Why nobody enters, and until when; null without a pause. */
  pauseReason(): string | null;
};

type Waiter = { readonly isUrgent: () => boolean; readonly settle: (hasEntered: boolean) => void };

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
  /** Ends the wait for time or for a free slot; aborted also when nobody waits anymore. */
  let stir = new AbortController();

  function refill(): void {
    const now = clock();
    // The wall clock may jump back; that must not take tokens away.
    const elapsedMs = Math.max(0, now - refilledAt);
    tokens = Math.min(limits.burst, tokens + (elapsedMs / 1000) * limits.perSecond);
    refilledAt = now;
  }

  function waitMs(): number {
    refill();
    const tokenMs = tokens >= 1 ? 0 : ((1 - tokens) / limits.perSecond) * 1000;
    return Math.max(pause.waitMs, tokenMs);
  }

  /** Lets the waiting in, one by one, for as long as there are any. */
  async function admit(): Promise<void> {
    isAdmitting = true;
    while (waiting.length > 0) {
      stir = new AbortController();
      const milliseconds = waitMs();
      if (opening >= limits.maxOpening) await aborted(stir.signal);
      else if (milliseconds > 0) await sleep(Math.ceil(milliseconds), stir.signal);
      else letIn();
    }
    isAdmitting = false;
  }

  function letIn(): void {
    const urgent = waiting.findIndex(({ isUrgent }) => isUrgent());
    const [next] = waiting.splice(Math.max(0, urgent), 1);
    pause.enter();
    tokens -= 1;
    opening += 1;
    next?.settle(true);
  }

  return {
    enter(signal, isUrgent = () => false) {
      if (signal.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const giveUp = () => {
          waiting.splice(waiting.indexOf(waiter), 1);
          if (waiting.length === 0) stir.abort();
          resolve(false);
        };
        const settle = (hasEntered: boolean) => {
          signal.removeEventListener('abort', giveUp);
          resolve(hasEntered);
        };
        const waiter: Waiter = { isUrgent, settle };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.push(waiter);
        if (!isAdmitting) void admit();
      });
    },
    release() {
      opening -= 1;
      stir.abort();
    },
    pause: (milliseconds) => pause.begin(milliseconds),
    endPause() {
      pause.end();
      stir.abort();
    },
    pauseReason: () => pause.reason,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
