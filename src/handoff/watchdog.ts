/**
 * Kills its own process when one check has used too much processor time. Elapsed time would also count while the
 * machine is busy or asleep.
 */
import { parentPort } from 'node:worker_threads';

const MAX_CPU_MICROSECONDS = 3_000_000;
const CHECK_INTERVAL_MS = 100;

let timer: NodeJS.Timeout | undefined;

parentPort?.on('message', (message: 'begin' | 'end') => {
  clearInterval(timer);
  if (message === 'end') return;
  const before = process.cpuUsage();
  timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    if (user + system > MAX_CPU_MICROSECONDS) process.kill(process.pid, 'SIGKILL');
  }, CHECK_INTERVAL_MS);
});
