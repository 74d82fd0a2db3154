/** Resolves after `milliseconds`, or at once when `signal` aborts. Never rejects. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** Timers count in 32 bits of milliseconds; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Sleeps on the machine's own timers, for at most 24 days. Free of Node, so that the app can use it too. */
export const sleep: Sleep = (milliseconds, signal) => timed(milliseconds, signal, () => undefined);

/** The same, and does not keep a process of Node alive. */
export const sleepInBackground: Sleep = (milliseconds, signal) =>
  timed(milliseconds, signal, (timer) => {
    if (typeof timer === 'object') timer.unref();
  });

function timed(
  milliseconds: number,
  signal: AbortSignal | undefined,
  onStart: (timer: ReturnType<typeof setTimeout>) => void,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.min(Math.max(0, milliseconds), LONGEST_TIMER_MS));
    onStart(timer);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
