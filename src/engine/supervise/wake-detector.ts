import type { Clock } from '../context.ts';

const TICK_MS = 5_000;
/** A tick that comes this late means that the machine or this process was suspended. */
const GAP_MS = 20_000;
/** If the wall clock and the monotonic clock differ by this much, the machine slept or the clock was changed. */
const DRIFT_MS = 10_000;

/**
 * Calls `onWake` after the machine slept or its clock jumped, because sockets are then dead without reporting it. Two
 * signs are checked, since neither is reliable everywhere: the monotonic clock stops during sleep on Linux and macOS,
 * but may not on Windows. A false alarm does no harm: the state is only checked again.
 */
export async function watchForWake(
  clock: Clock,
  signal: AbortSignal,
  onWake: () => void,
): Promise<void> {
  let wall = clock.now();
  let steady = clock.monotonic();
  while (!signal.aborted) {
    await clock.sleep(TICK_MS, signal);
    if (signal.aborted) return;
    const wallPassed = clock.now() - wall;
    const steadyPassed = clock.monotonic() - steady;
    wall += wallPassed;
    steady += steadyPassed;
    const isGap = wallPassed > GAP_MS || steadyPassed > GAP_MS;
    if (isGap || Math.abs(wallPassed - steadyPassed) > DRIFT_MS) onWake();
  }
}
