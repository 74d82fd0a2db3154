import { describe, expect, it } from 'vitest';
import type { FromHost } from './harness.ts';
import { MAX_UNSTORED_ITEMS, MAX_UNSTORED_LENGTH, RunnerLink } from './runner-link.ts';

function record() {
  const sent: FromHost[] = [];
  const link = new RunnerLink(async (message) => void sent.push(message));
  return { link, sent };
}
const item = (id: string, length = 10) =>
  ({ kind: 'text', id, dataText: 'x'.repeat(length) }) as const;
const many = (count: number) => Array.from({ length: count }, (_, at) => item(`item-${at}`));

async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  void promise.then(() => {
    isSettled = true;
  });
  await new Promise(setImmediate);
  return isSettled;
}

describe('the link to the runner', () => {
  it('batches items and sends them before later messages', async () => {
    const { link, sent } = record();
    await link.add('turn-1', [item('a')]);
    await link.add('turn-1', [item('b')]);
    expect(sent).toEqual([]);
    await link.send({ kind: 'ended', turnId: 'turn-1', end: { status: 'FINISHED' } });
    expect(sent).toEqual([
      { kind: 'items', turnId: 'turn-1', items: [item('a'), item('b')] },
      { kind: 'ended', turnId: 'turn-1', end: { status: 'FINISHED' } },
    ]);
  });

  it('sends a batch after a short time', async () => {
    const { link, sent } = record();
    await link.add('turn-1', [item('a')]);
    await expect.poll(() => sent.length).toBe(1);
  });

  it('sends a tool call at once, with all items before it', async () => {
    const { link, sent } = record();
    const call = { kind: 'tool-call', id: 'b', dataText: '{}' } as const;
    await link.add('turn-1', [item('a')]);
    await link.add('turn-1', [call]);
    expect(sent).toEqual([{ kind: 'items', turnId: 'turn-1', items: [item('a'), call] }]);
    expect(link.unstored().map(({ item: { id } }) => id)).toEqual(['a', 'b']);
    link.stored(1);
    expect(link.unstored().map(({ item: { id } }) => id)).toEqual(['b']);
  });

  it('does not mix the items of two turns', async () => {
    const { link, sent } = record();
    await link.add('turn-1', [item('a')]);
    await link.add('turn-2', [item('a')]);
    await link.send({ kind: 'ready' });
    expect(sent.map((message) => 'turnId' in message && message.turnId)).toEqual([
      'turn-1',
      'turn-2',
      false,
    ]);
  });

  it('delays the sender while too many items are not stored', async () => {
    const { link } = record();
    const added = link.add('turn-1', many(MAX_UNSTORED_ITEMS + 5));
    expect(await hasSettled(added)).toBe(false);
    link.stored(5);
    expect(await hasSettled(added)).toBe(false);
    link.stored(1);
    expect(await hasSettled(added)).toBe(true);
  });

  it('delays the sender while the unstored items are too large', async () => {
    const { link } = record();
    const added = link.add('turn-1', [item('large', MAX_UNSTORED_LENGTH)]);
    expect(await hasSettled(added)).toBe(false);
    link.stored(1);
    expect(await hasSettled(added)).toBe(true);
  });
});
