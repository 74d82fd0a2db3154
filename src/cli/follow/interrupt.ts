/** Within this time a second Ctrl-C ends the process at once, whatever it is waiting for. */
const SECOND_PRESS_MS = 1_000;
/** A terminal sends Ctrl-C to a launcher and to us, and the launcher passes it on: that is one press. */
const SAME_PRESS_MS = 50;
const INTERRUPTED = 130;

export type Interrupt = { readonly signal: AbortSignal; readonly dispose: () => void };

/** A signal that Ctrl-C (or a closing terminal) aborts, instead of ending the process in the middle of a line. */
export function interruptible(): Interrupt {
  const controller = new AbortController();
  let pressedAt: number | null = null;
  const press = (): void => {
    const now = Date.now();
    const sinceMs = pressedAt === null ? null : now - pressedAt;
    if (sinceMs !== null && sinceMs < SAME_PRESS_MS) return;
    if (sinceMs !== null && sinceMs < SECOND_PRESS_MS) process.exit(INTERRUPTED);
    pressedAt = now;
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, press);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.off(name, press);
    },
  };
}
