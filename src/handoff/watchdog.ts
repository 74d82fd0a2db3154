/**
 * Ends the process whose thread this is when one check has used up its processor time. Processor time and not the
 * clock: a check is not to blame for a machine that is busy or asleep.
 */
import { parentPort } from 'node:worker_threads';

const MAX_CPU_MICROSECONDS = 3_000_000;
const LOOK_EVERY_MS = 100;

let looking: NodeJS.Timeout | undefined;

parentPort?.on('message', (word: 'begin' | 'end') => {
  clearInterval(looking);
  if (word === 'end') return;
  const before = process.cpuUsage();
  looking = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    if (user + system > MAX_CPU_MICROSECONDS) process.kill(process.pid, 'SIGKILL');
  }, LOOK_EVERY_MS);
});
