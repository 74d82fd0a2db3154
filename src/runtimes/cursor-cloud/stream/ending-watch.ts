/**
 * Once a run has ended, or says so, a connection on which the agent says and does nothing any more is given up,
 * whatever else comes on it. Until then the watch does nothing: silence in the middle of a run is the watchdog's
 * business.
 */
export type EndingWatch = {
  /** Frames came. `hasContent`: the agent said or did something, so the silence starts again. */
  refresh(hasContent: boolean): void;
  stop(): void;
  hasFired(): boolean;
};

export function watchEnding(
  isEnding: () => boolean,
  silenceMs: number,
  fire: () => void,
): EndingWatch {
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
        fire();
      }, silenceMs);
    },
    stop,
    hasFired: () => hasFired,
  };
}
