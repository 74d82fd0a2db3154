import { setTimeout as sleep } from 'node:timers/promises';
import { endFamily, signalProcess } from '../processes/end-family.ts';
import { readProcesses } from '../processes/process-table.ts';

/** Ends everything that this process has started, background processes too, but not itself. */
export async function endOwnFamily(threadId: string): Promise<void> {
  await endFamily(
    {
      // Our own children belong to the thread also where the system does not show their marks.
      readProcesses: async () =>
        (await readProcesses())
          .filter(({ pid }) => pid !== process.pid)
          .map((row) => (row.parentPid === process.pid ? { ...row, threadId } : row)),
      signal: signalProcess,
      sleep,
      now: () => performance.now(),
      ownPid: process.pid,
    },
    { threadId, root: null },
  );
}
