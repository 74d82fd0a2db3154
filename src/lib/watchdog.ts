export type Watchdog = Disposable & {
  /** Restarts the timer, with a new limit if `limitMs` is given. */
  reset(limitMs?: number): void;
  /** Whether the limit was exceeded. */
  readonly hasTimedOut: boolean;
};

/** Calls `onTimeout` once if it is not reset for `limitMs`. Dispose of it afterwards. Must not import from Node. */
export function startWatchdog(limitMs: number, onTimeout: () => void): Watchdog {
  let limit = limitMs;
  let hasTimedOut = false;
  const start = () =>
    setTimeout(() => {
      hasTimedOut = true;
      onTimeout();
    }, limit);
  let timer = start();
  return {
    reset(newLimitMs = limit) {
      if (hasTimedOut) return;
      limit = newLimitMs;
      clearTimeout(timer);
      timer = start();
    },
    get hasTimedOut() {
      return hasTimedOut;
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
