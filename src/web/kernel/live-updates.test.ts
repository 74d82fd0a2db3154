import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StatusView } from '../../contract/daemon-views.ts';
import type { EventView } from '../../contract/event-views.ts';
import { createViewRefresher, showStatus } from './live-updates.ts';
import { queryKeys } from './queries.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A view of a session that the daemon needs some time to answer: so long for its nth answer, which shows n. */
function openView(answerMs: (version: number) => number) {
  const client = new QueryClient();
  let asked = 0;
  const shown: number[] = [];
  const observer = new QueryObserver<number>(client, {
    queryKey: queryKeys.session('s_a'),
    queryFn: async () => {
      const version = ++asked;
      await new Promise((resolve) => setTimeout(resolve, answerMs(version)));
      return version;
    },
  });
  observer.subscribe(({ data }) => {
    if (data !== undefined && data !== shown.at(-1)) shown.push(data);
  });
  return { client, shown, asked: () => asked };
}

// The fields that the refresher reads.
const event = { sessionId: 's_a', type: 'AgentSettled' } as EventView;

async function sendEvents(client: QueryClient, count: number, everyMs: number): Promise<void> {
  const refresh = createViewRefresher(client);
  for (let sent = 0; sent < count; sent += 1) {
    refresh([event]);
    await vi.advanceTimersByTimeAsync(everyMs);
  }
}

describe('the views of a session', () => {
  it('keep changing while events arrive faster than the daemon answers', async () => {
    const { client, shown } = openView(() => 500);
    await sendEvents(client, 50, 100);
    expect(shown.length).toBeGreaterThan(3);
  });

  it('are read once more after the last event', async () => {
    const { client, shown, asked } = openView(() => 500);
    await sendEvents(client, 3, 250);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(shown.at(-1)).toBe(asked());
    const last = asked();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked()).toBe(last);
  });

  it('do not wait for an answer that does not come', async () => {
    const { client, asked } = openView((version) => (version === 1 ? 0 : 3_600_000));
    await sendEvents(client, 200, 100);
    expect(asked()).toBeGreaterThan(4);
  });

  it('are read again after their first answer if an event came meanwhile', async () => {
    const { client, shown } = openView(() => 2_000);
    await sendEvents(client, 1, 10_000);
    expect(shown).toEqual([1, 2]);
  });

  it('are read again when the journal can no longer be written, and when it can again', async () => {
    const { client, asked } = openView(() => 0);
    // The part that is read.
    const status = (trouble: object | null) => ({ journal: { trouble } }) as StatusView;
    for (const trouble of [null, null, { code: 'disk_full' }, { code: 'disk_full' }, null]) {
      await vi.advanceTimersByTimeAsync(10);
      void showStatus(client, status(trouble));
    }
    await vi.advanceTimersByTimeAsync(10);
    expect(asked()).toBe(3);
  });
});
