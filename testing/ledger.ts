import type { Client } from '../src/contract/client.ts';
import type { EventView } from '../src/contract/event-views.ts';
import type { SessionDetail } from '../src/contract/session-views.ts';
import { itemsToKeep } from './transcripts.ts';

/** What the rehearsal cloud itself says happened. */
export type Ledger = {
  readonly agents: readonly {
    readonly id: string;
    readonly metadata: Readonly<Record<string, string>>;
    readonly creates: {
      readonly asked: number;
      readonly accepted: number;
      readonly conflicted: number;
    };
    readonly runs: readonly {
      readonly id: string;
      readonly status: string;
      readonly prompt: string;
      readonly events: readonly {
        readonly id: string | null;
        readonly event: string;
        readonly data: unknown;
      }[];
    }[];
  }[];
};

export async function readLedger(url: string): Promise<Ledger> {
  const answer = await fetch(`${url}/rehearsal/ledger?events=1`);
  return (await answer.json()) as Ledger; // The rehearsal cloud's documented shape.
}

/** Every event of a session, as a client reads them. */
export async function readEvents(client: Client, id: string): Promise<EventView[]> {
  const events: EventView[] = [];
  for (;;) {
    const after = events.at(-1)?.seq ?? 0;
    const page = await client.sessionEvents(id, { after, limit: 1000 });
    if (page.items.length === 0) return events;
    events.push(...page.items);
  }
}

/** The ids and kinds of the items of each run, in their order: to be kept of what the cloud sent, and kept by the journal. */
export function streamsOf(ledger: Ledger, events: readonly EventView[]) {
  const sent: Record<string, string[]> = {};
  for (const { runs } of ledger.agents) {
    for (const run of runs) {
      sent[run.id] = itemsToKeep(run.events);
    }
  }
  const kept: Record<string, string[]> = {};
  for (const event of events) {
    if (event.type !== 'TranscriptItem' || event.itemId === undefined) continue;
    const run = String(event.cursorRunId);
    const { kind } = event.item as { kind: string }; // Every item has one.
    const items = kept[run] ?? [];
    items.push(`${event.itemId} ${kind}`);
    kept[run] = items;
  }
  return { sent, kept };
}

/** A text without the ids, branches and commits in it, which are made again in every run. */
const withoutChance = (text: string): string =>
  text
    .replace(/\b(?:bc|run)-[0-9a-f-]{36}\b/g, '<id>')
    .replace(/\bcursor\/[\w-]+/g, '<branch>')
    .replace(/\b[0-9a-f]{7,40}\b/g, '<hex>');

/** What a session came to, without ids, times and names that differ from run to run. */
export function outcomeOf(session: SessionDetail) {
  return {
    status: session.status,
    agents: session.agents.map(
      ({ id, status, attempt, wave, branches, error, result, artifactsState }) => ({
        id,
        status,
        attempt,
        wave,
        branches: branches.length,
        error,
        result: result === null ? null : withoutChance(result),
        // Anyone who was away when an agent ended is offered what it left; it is there either way.
        artifacts: artifactsState === 'offered' ? 'complete' : artifactsState,
      }),
    ),
    // Agents of one wave finish in any order, and their hand-offs are stored in that order.
    handoffs: session.handoffs
      .map(({ connectionId, format }) => `${connectionId} ${format}`)
      .toSorted(),
  };
}
