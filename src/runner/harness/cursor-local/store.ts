import type { LocalAgentStore } from '@cursor/sdk';
import type { HostThread } from '../harness.ts';
import type { LoadedSdk } from './load-sdk.ts';

/**
 * Where the SDK keeps the conversation of a thread: SQLite in the folder of the thread. Not its events: the runner has
 * them in its own log before the SDK would write them down, and a second copy takes ten times their size.
 */
export async function openStore(
  sdk: LoadedSdk,
  { cwd, storeFolder }: HostThread,
): Promise<LocalAgentStore> {
  const { agents, checkpoints, runs } = await sdk.SqliteLocalAgentStore.open({
    workspaceRef: cwd,
    stateRoot: storeFolder,
  });
  return sdk.composeLocalAgentStore({ agents, checkpoints, runs, runEvents: forgetful() });
}

function forgetful(): LocalAgentStore['runEvents'] {
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
