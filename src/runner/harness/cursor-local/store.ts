import type { LocalAgentStore } from '@cursor/sdk';
import type { HostThread } from '../harness.ts';
import type { LoadedSdk } from './load-sdk.ts';

/**
 * The SDK's store of a thread: SQLite in the folder of the thread. Events are not stored: the runner logs them, and a
 * second copy takes ten times their size.
 */
export async function openStore(
  sdk: LoadedSdk,
  { cwd, storeFolder }: HostThread,
): Promise<LocalAgentStore> {
  const { agents, checkpoints, runs } = await sdk.SqliteLocalAgentStore.open({
    workspaceRef: cwd,
    stateRoot: storeFolder,
  });
  return sdk.composeLocalAgentStore({ agents, checkpoints, runs, runEvents: discardEvents() });
}

function discardEvents(): LocalAgentStore['runEvents'] {
  let seq = 0;
  return {
    async append({ runId, eventType, payloadRef = null, idempotencyKey = null }) {
      seq += 1;
      const createdAt = Date.now();
      const offset = String(seq);
      return {
        runId,
        seq,
        offset,
        eventType,
        payload: null,
        payloadRef,
        idempotencyKey,
        createdAt,
      };
    },
    list: async () => ({ items: [] }),
    delete: async () => {},
  };
}
