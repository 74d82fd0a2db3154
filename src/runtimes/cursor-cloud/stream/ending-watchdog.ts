/**
 * Drops a connection if, after a run has ended or announced its end, no more output or actions of the agent arrive, even if
 * other frames do. Before that it does nothing: silence during a run is handled by the stream watchdog.
 */
export type EndingWatchdog = {
  /** Call for every batch of frames. `hasContent`: it contains output or actions of the agent, which restart the timer. */
  refresh(hasContent: boolean): void;
  stop(): void;
  hasFired(): boolean;
};

export function startEndingWatchdog(
  isEnding: () => boolean,
  silenceMs: number,
  onTimeout: () => void,
): EndingWatchdog {
  let timer: NodeJS.Timeout | undefined;
  let hasFired = false;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    refresh(hasContent) {
      if (hasContent || !isEnding()) stop();
      if (timer !== undefined || !isEnding()) return;
      timer = setTimeout(() => {
        hasFired = true;
        onTimeout();
      }, silenceMs);
    },
    stop,
    hasFired: () => hasFired,
  };
}
