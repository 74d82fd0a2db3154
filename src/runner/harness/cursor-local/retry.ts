import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, fullJitter } from '../../../lib/backoff.ts';
import { sdkFailureOf } from './failures.ts';

/** Lost connections usually recover soon. */
const reconnectBackoff: Backoff = { baseMs: 2_000, capMs: 15_000 };
export const MAX_RETRIES = 3;

/** Waits before the next attempt. `failures`: the number of failed attempts. Rejects when `signal` is aborted. */
export const pause = (failures: number, signal?: AbortSignal): Promise<void> =>
  sleep(fullJitter(reconnectBackoff, failures, Math.random, 200), undefined, { signal });

/** Retries a read-only operation after transient failures. Throws the last failure. */
export async function retryTransient<Value>(attempt: () => Promise<Value>): Promise<Value> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (failures > MAX_RETRIES || !sdkFailureOf(error).isTransient) throw error;
      await pause(failures);
    }
  }
}
