import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, isRunning } from '../src/lib/process.ts';
import { RunnerClient } from '../src/runtimes/local/client.ts';
import { readPresence } from '../src/runtimes/local/start-runner.ts';
import { until } from './until.ts';

/**
 * Processes that outlive their daemon on purpose. A test ends them after everything that could start them again, and
 * waits until they are gone: until then they write, and would make again what the test removes.
 */

/** Ends the runner of a home and the agents that it has; nothing if none runs. */
export async function endRunner(home: string): Promise<void> {
  const presence = readPresence(home);
  const client = new RunnerClient({ home, version: 'test', environment: {} });
  await client.stopAll();
  await client.close();
  if (presence !== null) await until(() => !isRunning(presence));
}

/** Ends the rehearsal cloud that the daemon of a home started; nothing if there is none. */
export async function endRehearsal(home: string): Promise<void> {
  const file = join(home, 'rehearsal', 'rehearsal.json');
  if (!existsSync(file)) return;
  const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number }; // Written by it.
  // It may have ended by itself.
  if (isAlive(pid)) process.kill(pid);
  await until(() => !isAlive(pid));
}
