/** Resolves after `milliseconds`, or at once when `signal` aborts. Never rejects. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** Timers use 32-bit milliseconds; a longer timer would fire immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Sleeps for at most 24 days. Must not import from Node, because the app uses it too. */
export const sleep: Sleep = (milliseconds, signal) => timed(milliseconds, signal, () => undefined);

/** The same, without keeping the Node process alive. */
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
    const timer = setTimeout(finish, Math.min(Math.max(0, milliseconds), MAX_TIMER_MS));
    onStart(timer);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
