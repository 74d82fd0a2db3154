import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 120_000;

/**
 * Polls until the check returns a value other than null and false, and returns it. Also for code outside of tests,
 * where `expect.poll` cannot be used.
 */
export async function until<Value>(
  check: () => Value | null | false | Promise<Value | null | false>,
): Promise<Value> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const result = await check();
    if (result !== null && result !== false) return result;
    await sleep(20);
  }
  throw new Error('It did not happen in time');
}
