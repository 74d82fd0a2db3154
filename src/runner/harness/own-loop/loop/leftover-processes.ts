import { isRunning, type ProcessIdentity } from '../../../../lib/process.ts';
import { endProcessTree } from '../../../processes/end-process-tree.ts';
import { processSystem } from '../../../processes/process-system.ts';

/** No thread has this id: only the processes that the command itself has started are ended. */
const NO_THREAD_ID = 'none';

/**
 * Ends commands that an earlier host of this thread left running: they must not interfere with the next turn. A process
 * without a recorded start time is left alone, because its pid may have been reused.
 */
export async function endLeftoverProcesses(recorded: readonly ProcessIdentity[]): Promise<void> {
  const running = recorded.filter(
    (identity) => identity.began !== undefined && isRunning(identity),
  );
  await Promise.all(
    running.map((root) => endProcessTree(processSystem, { threadId: NO_THREAD_ID, root })),
  );
}
