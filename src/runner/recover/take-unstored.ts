import { forgetUnstored, readUnstored } from '../harness/unstored-items.ts';
import { itemRecord } from '../log/record.ts';
import type { ThreadShell } from '../threads/thread-shell.ts';
import { openTurn } from '../threads/thread-state.ts';

/** Takes up what a host said when its runner was gone already; each item once, whatever the log has of it. */
export async function takeUnstored(shell: ThreadShell): Promise<void> {
  const { storeFolder } = shell;
  const turn = openTurn(shell.state);
  const left = readUnstored(storeFolder).filter(({ turnId }) => turnId === turn?.turnId);
  if (turn !== undefined && left.length > 0) {
    const known = new Set<string>();
    for await (const { record } of shell.log.read(turn.firstSeq))
      if (record.type === 'item') known.add(nameOf(record));
    const fresh = left.filter((one) => !known.has(nameOf(one)));
    if (fresh.length > 0)
      await shell.record(...fresh.map(({ turnId, item }) => itemRecord(turnId, item)));
  }
  forgetUnstored(storeFolder);
}

/** (turn, id, kind) is unique. */
const nameOf = ({ turnId, item }: ReturnType<typeof readUnstored>[number]): string =>
  JSON.stringify([turnId, item.id, item.kind]);
