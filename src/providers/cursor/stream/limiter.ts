import type { Clock, Sleep } from '../time.ts';

export type LimiterLimits = {
  readonly perSecond: number;
  readonly burst: number;
  /** Connections that are being opened at the same time; open streams do not count. */
  readonly maxOpening: number;
};
export const DEFAULT_LIMITS: LimiterLimits = { perSecond: 10, burst: 20, maxOpening: 10 };

/**
 * One gate for all connects and reconnects of this process, so that hundreds of streams do not arrive at
 * Cursor together after a wake. Whoever comes first goes first.
 */
export type Limiter = {
  /** Waits for a turn; call `release` once the connection stands or has failed. False = the signal aborted. */
  enter(signal: AbortSignal): Promise<boolean>;
  release(): void;
  /** Nobody enters for this long: Cursor asked for it (429). */
  pause(milliseconds: number): void;
};

export function createLimiter(
  clock: Clock,
  sleep: Sleep,
  limits: LimiterLimits = DEFAULT_LIMITS,
): Limiter {
  let tokens = limits.burst;
  let refilledAt = clock();
  let pausedUntil = 0;
  let opening = 0;
  let queue: Promise<void> = Promise.resolve();
  let onRelease: (() => void) | undefined;

  function refill(): void {
    const now = clock();
    // The wall clock may jump back; that must not take tokens away.
    const elapsedMs = Math.max(0, now - refilledAt);
    tokens = Math.min(limits.burst, tokens + (elapsedMs / 1000) * limits.perSecond);
    refilledAt = now;
  }

  function waitMs(): number {
    refill();
    const pauseMs = Math.max(0, pausedUntil - clock());
    const tokenMs = tokens >= 1 ? 0 : ((1 - tokens) / limits.perSecond) * 1000;
    return Math.max(pauseMs, tokenMs);
  }

  async function takeTurn(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (opening >= limits.maxOpening) {
        await nextRelease(signal);
        continue;
      }
      const milliseconds = waitMs();
      if (milliseconds <= 0) {
        tokens -= 1;
        opening += 1;
        return true;
      }
      await sleep(Math.ceil(milliseconds), signal);
    }
    return false;
  }

  /** Only the head of the queue waits here, so one listener is enough. */
  function nextRelease(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        signal.removeEventListener('abort', finish);
        onRelease = undefined;
        resolve();
      };
      onRelease = finish;
      signal.addEventListener('abort', finish, { once: true });
    });
  }

  function release(): void {
    opening -= 1;
    onRelease?.();
  }

  return {
    enter(signal) {
      const turn = queue.then(() => takeTurn(signal));
      queue = turn.then(() => undefined);
      return new Promise((resolve) => {
        // Whoever gives up does not wait for those ahead; a turn that comes too late is handed back.
        let hasGivenUp = false;
        const giveUp = () => {
          hasGivenUp = true;
          resolve(false);
        };
        signal.addEventListener('abort', giveUp, { once: true });
        void turn.then((hasEntered) => {
          signal.removeEventListener('abort', giveUp);
          if (hasEntered && hasGivenUp) release();
          resolve(hasEntered);
        });
      });
    },
    release,
    pause(milliseconds) {
      pausedUntil = Math.max(pausedUntil, clock() + milliseconds);
    },
  };
}
