/** A second Ctrl-C within this time ends the process at once. */
const SECOND_PRESS_MS = 1_000;
/** A terminal sends Ctrl-C to the launcher and to this process, and the launcher forwards it: that is one key press. */
const SAME_PRESS_MS = 50;
const INTERRUPTED = 130;

export type Interrupt = { readonly signal: AbortSignal; readonly dispose: () => void };

/** Returns an abort signal for Ctrl-C and a closing terminal, instead of ending the process at once. */
export function interruptible(): Interrupt {
  const controller = new AbortController();
  let pressedAt: number | null = null;
  const onSignal = (): void => {
    const now = Date.now();
    const sinceMs = pressedAt === null ? null : now - pressedAt;
    if (sinceMs !== null && sinceMs < SAME_PRESS_MS) return;
    if (sinceMs !== null && sinceMs < SECOND_PRESS_MS) process.exit(INTERRUPTED);
    pressedAt = now;
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
