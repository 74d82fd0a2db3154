import { readItem } from '../../transcript/item.ts';
import type { NewItem } from '../harness/adapter.ts';
import { notice } from '../harness/new-items.ts';
import { itemRecord } from '../log/record.ts';
import type { ThreadContext } from '../threads/context.ts';
import type { ThreadAccess } from '../threads/thread-access.ts';
import { openTurn, parseData } from '../threads/thread-state.ts';

/**
 * Records tool calls that a harness started or finished while its host was gone: without them, the next turn would
 * repeat what was done. All processes of the thread must have exited.
 */
export async function importHistory(context: ThreadContext, thread: ThreadAccess): Promise<void> {
  const { start } = thread.state;
  const turn = openTurn(thread.state);
  if (start === null || turn?.phase.kind !== 'sent') return;
  const { threadId, storeFolder } = thread;
  const { harness, connection } = start.thread;
  const read = context.historyOf(harness);
  if (read === null) return;
  const known = await knownCalls(thread);
  const missing = (await read({ threadId, storeFolder, connection })).filter(
    (item) => !known.has(stagesOf(item).at(-1) ?? ''),
  );
  if (missing.length === 0) return;
  const items: readonly NewItem[] = [notice('warning', HISTORY_IS_LONGER), ...missing];
  await thread.record(
    ...items.map((item, index) =>
      itemRecord(turn.turnId, { ...item, id: `read-back-${index + 1}` }),
    ),
  );
}

const HISTORY_IS_LONGER =
  "The agent's own record contains more than had been received: the agent continued for a while after its process here had ended.";

/** The calls of all turns, because the harness's history is that of the whole thread. */
async function knownCalls(thread: ThreadAccess): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for await (const { record } of thread.log.read(0)) {
    if (record.type !== 'item' || record.item.kind !== 'tool-call') continue;
    for (const stage of stagesOf(record.item)) known.add(stage);
  }
  return known;
}

/** The stages that a call has reached, the latest one last: a call that has ended has also begun. */
function stagesOf({ kind, dataText }: NewItem): readonly string[] {
  const call = readItem(kind, parseData(dataText));
  if (call.kind !== 'tool-call') return [];
  const begun = `${call.callId} begun`;
  return call.status === 'running' ? [begun] : [begun, `${call.callId} over`];
}
