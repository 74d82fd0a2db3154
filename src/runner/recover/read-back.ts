import { readItem } from '../../transcript/item.ts';
import type { NewItem } from '../harness/adapter.ts';
import { notice } from '../harness/new-items.ts';
import { itemRecord } from '../log/record.ts';
import type { ThreadContext } from '../threads/context.ts';
import type { ThreadShell } from '../threads/thread-shell.ts';
import { openTurn, parsed } from '../threads/thread-state.ts';

/**
 * Takes up tool calls that a harness made, or that came to their end, when its host was gone: without it the next turn
 * would do again what was done. All processes of the thread have ended by now.
 */
export async function readBack(context: ThreadContext, shell: ThreadShell): Promise<void> {
  const { start } = shell.state;
  const turn = openTurn(shell.state);
  if (start === null || turn?.phase.kind !== 'sent') return;
  const { threadId, storeFolder } = shell;
  const { harness, connection } = start.thread;
  const read = context.historyOf(harness);
  if (read === null) return;
  const known = await knownCalls(shell);
  const fresh = (await read({ threadId, storeFolder, connection })).filter(
    (item) => !known.has(stagesOf(item).at(-1) ?? ''),
  );
  if (fresh.length === 0) return;
  const told: readonly NewItem[] = [notice('warning', WENT_ON), ...fresh];
  await shell.record(
    ...told.map((item, index) =>
      itemRecord(turn.turnId, { ...item, id: `read-back-${index + 1}` }),
    ),
  );
}

const WENT_ON =
  "The agent's own record contains more than had been received: the agent continued for a while after its process here had ended.";

/** Of all turns: the harness's record is of the whole thread. */
async function knownCalls(shell: ThreadShell): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for await (const { record } of shell.log.read(0)) {
    if (record.type !== 'item' || record.item.kind !== 'tool-call') continue;
    for (const stage of stagesOf(record.item)) known.add(stage);
  }
  return known;
}

/** How far a call has come, its own stage last: whatever has ended has begun. */
function stagesOf({ kind, dataText }: NewItem): readonly string[] {
  const call = readItem(kind, parsed(dataText));
  if (call.kind !== 'tool-call') return [];
  const begun = `${call.callId} begun`;
  return call.status === 'running' ? [begun] : [begun, `${call.callId} over`];
}
