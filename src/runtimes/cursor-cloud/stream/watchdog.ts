/**
 * Cursor sends the first heartbeat 30-36 s after a connect and then one every 15 s. A connection without a byte
 * for about three of them is dead, whatever TCP thinks. Silence only ever leads to a reconnect: it says nothing
 * about the run.
 */
export type WatchdogLimits = {
  readonly beforeFirstHeartbeatMs: number;
  readonly afterFirstHeartbeatMs: number;
};
export const DEFAULT_WATCHDOG: WatchdogLimits = {
  beforeFirstHeartbeatMs: 100_000,
  afterFirstHeartbeatMs: 60_000,
};

export type Watchdog = {
  /** Bytes came. `hasHeartbeats`: a heartbeat has been among them since the connect. */
  heard(hasHeartbeats: boolean): void;
  timedOut(): boolean;
  stop(): void;
};

export function startWatchdog(limits: WatchdogLimits, onTimeout: () => void): Watchdog {
  let timedOut = false;
  let hasHeartbeats = false;
  const onSilence = () => {
    timedOut = true;
    onTimeout();
  };
  let timer = setTimeout(onSilence, limits.beforeFirstHeartbeatMs);
  return {
    heard(nowHasHeartbeats) {
      if (nowHasHeartbeats === hasHeartbeats) {
        timer.refresh();
        return;
      }
      hasHeartbeats = nowHasHeartbeats;
      clearTimeout(timer);
      timer = setTimeout(onSilence, limits.afterFirstHeartbeatMs);
    },
    timedOut: () => timedOut,
    stop: () => clearTimeout(timer),
  };
}
