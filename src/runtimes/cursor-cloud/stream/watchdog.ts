import { startWatchdog, type Watchdog } from '../../../lib/watchdog.ts';

/**
 * Cursor sends the first heartbeat 30-36 s after a connect and then one every 15 s. A connection without any data for about
 * three heartbeats is dead, even if TCP still considers it open. Silence only leads to a reconnect: it says nothing about
 * the run.
 */
export type WatchdogLimits = {
  readonly beforeFirstHeartbeatMs: number;
  readonly afterFirstHeartbeatMs: number;
};
export const DEFAULT_WATCHDOG: WatchdogLimits = {
  beforeFirstHeartbeatMs: 100_000,
  afterFirstHeartbeatMs: 60_000,
};

export type StreamWatchdog = Pick<Watchdog, 'hasTimedOut' | typeof Symbol.dispose> & {
  /** Bytes came. `hasHeartbeats`: a heartbeat has been among them since the connect. */
  reset(hasHeartbeats: boolean): void;
};

/** Uses the longer limit until the first heartbeat has arrived. */
export function startStreamWatchdog(limits: WatchdogLimits, onSilence: () => void): StreamWatchdog {
  const watchdog = startWatchdog(limits.beforeFirstHeartbeatMs, onSilence);
  return {
    reset: (hasHeartbeats) =>
      watchdog.reset(hasHeartbeats ? limits.afterFirstHeartbeatMs : limits.beforeFirstHeartbeatMs),
    get hasTimedOut() {
      return watchdog.hasTimedOut;
    },
    [Symbol.dispose]: () => watchdog[Symbol.dispose](),
  };
}
