import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, isRunning } from '../src/lib/process.ts';
import { RunnerClient } from '../src/runtimes/local/client.ts';
import { readPresence } from '../src/runtimes/local/start-runner.ts';
import { until } from './until.ts';

/**
 * Processes that outlive their daemon. Stop them after everything that could start them again, and wait until they have
 * exited: until then, they can recreate files that the test removes.
 */

/** Stops the runner of a home folder and its agents. Does nothing if none runs. */
export async function stopRunner(home: string): Promise<void> {
  const presence = readPresence(home);
  const client = new RunnerClient({ home, version: 'test', environment: {} });
  await client.stopAll();
  await client.close();
  if (presence !== null) await until(() => !isRunning(presence));
}

/** Stops the rehearsal cloud that the daemon of a home folder started. Does nothing if there is none. */
export async function stopRehearsal(home: string): Promise<void> {
  const file = join(home, 'rehearsal', 'rehearsal.json');
  if (!existsSync(file)) return;
  const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number }; // Written by it.
  // It may have exited already.
  if (isAlive(pid)) process.kill(pid);
  await until(() => !isAlive(pid));
}
