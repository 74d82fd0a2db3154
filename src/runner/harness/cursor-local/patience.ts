import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, fullJitter } from '../../../lib/backoff.ts';
import { sdkFailureOf } from './failures.ts';

/** Lost connections are mostly short. */
const reconnectBackoff: Backoff = { baseMs: 2_000, capMs: 15_000 };
export const MAX_RETRIES = 3;

/** Waits before the next try. `failures`: how many there were. Rejects when `signal` is aborted. */
export const pause = (failures: number, signal?: AbortSignal): Promise<void> =>
  sleep(fullJitter(reconnectBackoff, failures, Math.random, 200), undefined, { signal });

/** Tries what changes nothing again while it fails for reasons that pass. Throws the last failure. */
export async function patiently<Value>(attempt: () => Promise<Value>): Promise<Value> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (failures > MAX_RETRIES || !sdkFailureOf(error).isTransient) throw error;
      await pause(failures);
    }
  }
}
