import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessIdentity } from '../../../../lib/process.ts';
import { endFamily, signalProcess } from '../../../processes/end-family.ts';
import { readProcesses } from '../../../processes/process-table.ts';

/**
 * Ends commands that an earlier process of this thread has left behind, where nobody has ended them yet: two agents'
 * work must not mix. Known by their number and their beginning, so that no other process is meant.
 */
export async function endLeftProcesses(noted: readonly ProcessIdentity[]): Promise<void> {
  const left = noted.filter((identity) => identity.began !== undefined && isRunning(identity));
  const system = {
    readProcesses,
    signal: signalProcess,
    sleep,
    now: () => performance.now(),
    ownPid: process.pid,
  };
  await Promise.all(left.map((root) => endFamily(system, { threadId: NO_THREAD, root })));
}

/** No thread has this name: only what the command itself has started is meant. */
const NO_THREAD = 'none';
