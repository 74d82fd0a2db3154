import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessSystem, signalProcess } from './end-process-tree.ts';
import { readProcesses } from './process-table.ts';

/** The processes of this machine. */
export const processSystem: ProcessSystem = {
  readProcesses,
  signal: signalProcess,
  sleep,
  now: () => performance.now(),
  ownPid: process.pid,
};
