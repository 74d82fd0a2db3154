import type { Client } from '../../contract/client.ts';
import type { EventView } from '../../contract/event-views.ts';

const PAGE_SIZE = 1000;

/** Reads all events of a session after a `seq` page by page, optionally of one agent only. */
export async function readPages(
  client: Client,
  sessionId: string,
  { after, agentId }: { readonly after: number; readonly agentId?: string | null },
  onEvent: (event: EventView) => void,
): Promise<void> {
  const agent = agentId === undefined || agentId === null ? {} : { agent: agentId };
  for (let seq = after; ; ) {
    const { items } = await client.sessionEvents(sessionId, {
      after: seq,
      limit: PAGE_SIZE,
      ...agent,
    });
    for (const event of items) onEvent(event);
    const last = items.at(-1);
    if (last === undefined || items.length < PAGE_SIZE) return;
    seq = last.seq;
  }
}
