import { expect } from 'vitest';
import type { Client } from '../src/contract/client.ts';
import type { EventView } from '../src/contract/event-views.ts';
import type { SessionDetail } from '../src/contract/session-views.ts';
import { expectedItems } from './transcripts.ts';

/** The ledger of the rehearsal cloud. */
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
  const answer = await fetch(`${url}/rehearsal/ledger?events=1`, {
    headers: { connection: 'close' },
  });
  return (await answer.json()) as Ledger; // The rehearsal cloud's documented shape.
}

/** Reads all events of a session through the API. */
export async function readEvents(client: Client, id: string): Promise<EventView[]> {
  const events: EventView[] = [];
  for (;;) {
    const after = events.at(-1)?.seq ?? 0;
    const page = await client.sessionEvents(id, { after, limit: 1000 });
    if (page.items.length === 0) return events;
    events.push(...page.items);
  }
}

type StoredItem = { readonly turnId: string; readonly itemId: string; readonly kind: string };

/** Ids and kinds of the items of each run, in order: those expected from the sent frames, and those stored. */
export function streamsByRun(ledger: Ledger, items: readonly StoredItem[]) {
  const runs = ledger.agents.flatMap((agent) => agent.runs);
  const sent = Object.fromEntries(runs.map(({ id, events }) => [id, expectedItems(events)]));
  const stored = Object.fromEntries(
    [...Map.groupBy(items, ({ turnId }) => turnId)].map(([turnId, items]) => [
      turnId,
      items.map(({ itemId, kind }) => `${itemId} ${kind}`),
    ]),
  );
  return { sent, stored };
}

/** Like `streamsByRun`, for events from the API. */
export function streamsOf(ledger: Ledger, events: readonly EventView[]) {
  const items = events.flatMap(({ type, itemId, cursorRunId, item }) => {
    if (type !== 'TranscriptItem' || itemId === undefined) return [];
    const { kind } = item as { kind: string }; // Every item has one.
    return [{ turnId: String(cursorRunId), itemId: String(itemId), kind }];
  });
  return streamsByRun(ledger, items);
}

/** Expects that the cloud started exactly the launched threads, each once, and that all sent items are stored once. */
export function expectNothingLostOrRepeated(
  ledger: Ledger,
  launched: ReadonlySet<string>,
  events: readonly EventView[],
): void {
  expect(new Set(ledger.agents.map(({ id }) => id))).toEqual(launched);
  expect(ledger.agents.map(({ creates }) => creates.accepted)).toEqual(ledger.agents.map(() => 1));
  const { sent, stored } = streamsOf(ledger, events);
  expect(stored).toEqual(sent);
}

/** Replaces ids, branches and commits, which differ in every run. */
const withoutRandomParts = (text: string): string =>
  text
    .replace(/\b(?:bc|run)-[0-9a-f-]{36}\b/g, '<id>')
    .replace(/\bcursor\/[\w-]+/g, '<branch>')
    .replace(/\b[0-9a-f]{7,40}\b/g, '<hex>');

/** The result of a session, without ids, times and names that differ from run to run. */
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
        result: result === null ? null : withoutRandomParts(result),
        // After a restart, artifacts are offered instead of fetched; both count as complete.
        artifacts: artifactsState === 'offered' ? 'complete' : artifactsState,
      }),
    ),
    // Agents of one wave finish in any order, so the order of their hand-offs varies.
    handoffs: session.handoffs
      .map(({ connectionId, format }) => `${connectionId} ${format}`)
      .toSorted(),
  };
}
