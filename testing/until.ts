import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 120_000;

/** What is found, once something is. Also for where no test runs and `expect.poll` cannot be used. */
export async function until<Value>(
  look: () => Value | null | false | Promise<Value | null | false>,
): Promise<Value> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== null && found !== false) return found;
    await sleep(20);
  }
  throw new Error('It did not happen in time');
}
