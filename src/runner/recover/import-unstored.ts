import { deleteUnstored, readUnstored } from '../harness/unstored-items.ts';
import { itemRecord } from '../log/record.ts';
import type { ThreadAccess } from '../threads/thread-access.ts';
import { openTurn } from '../threads/thread-state.ts';

/** Records the items that a host saved after its runner had died. Items that are already in the log are skipped. */
export async function importUnstored(thread: ThreadAccess): Promise<void> {
  const { storeFolder } = thread;
  const turn = openTurn(thread.state);
  const saved = readUnstored(storeFolder).filter(({ turnId }) => turnId === turn?.turnId);
  if (turn !== undefined && saved.length > 0) {
    const known = new Set<string>();
    for await (const { record } of thread.log.read(turn.firstSeq))
      if (record.type === 'item') known.add(itemKey(record));
    const missing = saved.filter((entry) => !known.has(itemKey(entry)));
    if (missing.length > 0)
      await thread.record(...missing.map(({ turnId, item }) => itemRecord(turnId, item)));
  }
  deleteUnstored(storeFolder);
}

/** Unique for (turn, id, kind). */
const itemKey = ({ turnId, item }: ReturnType<typeof readUnstored>[number]): string =>
  JSON.stringify([turnId, item.id, item.kind]);
