import type { Client } from '../../contract/client.ts';
import type { EventView } from '../../contract/event-views.ts';

const PAGE = 1000;

/** Tells every event of a session after a `seq`, however many there are; of one agent alone if it is given. */
export async function readPages(
  client: Client,
  sessionId: string,
  { after, agentId }: { readonly after: number; readonly agentId?: string | null },
  tell: (event: EventView) => void,
): Promise<void> {
  const agent = agentId === undefined || agentId === null ? {} : { agent: agentId };
  for (let seq = after; ; ) {
    const { items } = await client.sessionEvents(sessionId, { after: seq, limit: PAGE, ...agent });
    for (const event of items) tell(event);
    const last = items.at(-1);
    if (last === undefined || items.length < PAGE) return;
    seq = last.seq;
  }
}
