export type Watchdog = Disposable & {
  /** Something arrived: the silence starts again, from now on with `limitMs` where that is given. */
  heard(limitMs?: number): void;
  /** Whether it was silent for too long. */
  readonly hasTimedOut: boolean;
};

/** Calls `onSilence` once when nothing is heard for `limitMs`. Dispose of it when the work is over. Free of Node. */
export function startWatchdog(limitMs: number, onSilence: () => void): Watchdog {
  let limit = limitMs;
  let hasTimedOut = false;
  const begin = () =>
    setTimeout(() => {
      hasTimedOut = true;
      onSilence();
    }, limit);
  let timer = begin();
  return {
    heard(newLimitMs = limit) {
      if (hasTimedOut) return;
      limit = newLimitMs;
      clearTimeout(timer);
      timer = begin();
    },
    get hasTimedOut() {
      return hasTimedOut;
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
