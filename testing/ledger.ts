import { expect } from 'vitest';
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

type KeptItem = { readonly turnId: string; readonly itemId: string; readonly kind: string };

/** The ids and kinds of the items of each run, in their order: to be kept of what the cloud sent, and kept. */
export function streamsByRun(ledger: Ledger, items: readonly KeptItem[]) {
  const runs = ledger.agents.flatMap((agent) => agent.runs);
  const sent = Object.fromEntries(runs.map(({ id, events }) => [id, itemsToKeep(events)]));
  const kept = Object.fromEntries(
    [...Map.groupBy(items, ({ turnId }) => turnId)].map(([turnId, own]) => [
      turnId,
      own.map(({ itemId, kind }) => `${itemId} ${kind}`),
    ]),
  );
  return { sent, kept };
}

/** The same for events as a client reads them. */
export function streamsOf(ledger: Ledger, events: readonly EventView[]) {
  const items = events.flatMap(({ type, itemId, cursorRunId, item }) => {
    if (type !== 'TranscriptItem' || itemId === undefined) return [];
    const { kind } = item as { kind: string }; // Every item has one.
    return [{ turnId: String(cursorRunId), itemId: String(itemId), kind }];
  });
  return streamsByRun(ledger, items);
}

/** The cloud started exactly the threads that were launched, each of them once, and everything that it sent was kept once. */
export function expectNothingLostOrRepeated(
  ledger: Ledger,
  launched: ReadonlySet<string>,
  events: readonly EventView[],
): void {
  expect(new Set(ledger.agents.map(({ id }) => id))).toEqual(launched);
  expect(ledger.agents.map(({ creates }) => creates.accepted)).toEqual(ledger.agents.map(() => 1));
  const { sent, kept } = streamsOf(ledger, events);
  expect(kept).toEqual(sent);
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
