const TICK_MS = 1_000;

/** Calls `onTimeout` after a time that counts only while the machine is awake. Returns a function that cancels it. */
export function startAwakeTimeout(timeoutMs: number, onTimeout: () => void): () => void {
  let left = timeoutMs;
  let last = Date.now();
  const everyMs = Math.min(TICK_MS, timeoutMs);
  const timer = setInterval(() => {
    const now = Date.now();
    // A longer interval means that the machine slept or the clock was set; it counts as one tick.
    left -= Math.min(Math.max(now - last, 0), 2 * everyMs);
    last = now;
    if (left <= 0) {
      clearInterval(timer);
      onTimeout();
    }
  }, everyMs);
  return () => clearInterval(timer);
}
