/**
 * Once a run has ended, or says so, a connection on which nothing comes any more is given up. Until then the
 * watch does nothing: silence in the middle of a run is the watchdog's business.
 */
export type EndingWatch = {
  /** Something came: the silence starts anew. */
  refresh(): void;
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
  return {
    refresh() {
      clearTimeout(timer);
      if (!isEnding()) return;
      timer = setTimeout(() => {
        hasFired = true;
        fire();
      }, silenceMs);
    },
    stop: () => clearTimeout(timer),
    hasFired: () => hasFired,
  };
}
