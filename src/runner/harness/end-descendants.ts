import { endProcessTree } from '../processes/end-process-tree.ts';
import { processSystem } from '../processes/process-system.ts';

/** Ends everything that this process has started, background processes included, but not itself. */
export async function endDescendants(threadId: string): Promise<void> {
  await endProcessTree(
    {
      ...processSystem,
      // Direct children belong to the thread even where the system does not expose their marks.
      readProcesses: async () =>
        (await processSystem.readProcesses())
          .filter(({ pid }) => pid !== process.pid)
          .map((row) => (row.parentPid === process.pid ? { ...row, threadId } : row)),
    },
    { threadId, root: null },
  );
}
