import { expect, test } from 'vitest';
import { readItem } from '../../../transcript/item.ts';
import type { Frame } from './frame.ts';
import { FrameItems } from './items.ts';

const frame = (event: string, data: unknown, id?: string): Frame => ({
  event,
  data: typeof data === 'string' ? data : JSON.stringify(data),
  ...(id === undefined ? {} : { id }),
});

function read(...frames: Frame[]) {
  const items = new FrameItems();
  return frames.flatMap((one) => {
    const raw = items.read(one);
    return raw === null ? [] : [{ id: raw.id, ...readItem(raw.kind, JSON.parse(raw.dataText)) }];
  });
}

test('a frame and its twin are one item, token counters and endings are none, and what parts messages is kept', () => {
  expect(
    read(
      frame('thinking', { text: 'Hm' }, '1-0'),
      frame('interaction_update', { type: 'thinking-delta', text: 'Hm' }, '1-0'),
      frame('interaction_update', { type: 'token-delta', tokens: 1 }, '1-1'),
      frame('assistant', { text: 'Hi' }, '2-0'),
      frame('interaction_update', { type: 'text-delta', text: 'Hi' }, '2-0'),
      frame('interaction_update', { type: 'turn-ended' }, '3-0'),
      frame('result', { status: 'FINISHED', text: 'Hi' }, '4-0'),
      frame('done', {}, '4-0'),
    ),
  ).toEqual([
    { id: '1-0', kind: 'thinking', text: 'Hm' },
    { id: '2-0', kind: 'text', text: 'Hi' },
    { id: '3-0', kind: 'boundary' },
  ]);
});

test('an update that comes alone is the item that its frame would have been', () => {
  const shell = { type: 'shell', args: { command: 'ls' } };
  const result = { status: 'success', value: { exitCode: 0 } };
  expect(
    read(
      frame('interaction_update', { type: 'text-delta', text: 'Hi' }, '1-0'),
      frame(
        'interaction_update',
        { type: 'tool-call-started', callId: 'c', toolCall: shell },
        '2-0',
      ),
      frame(
        'interaction_update',
        { type: 'tool-call-completed', callId: 'c', toolCall: { ...shell, result } },
        '3-0',
      ),
      frame('interaction_update', { type: 'turn-ended', usage: { inputTokens: 3 } }, '4-0'),
    ),
  ).toMatchObject([
    { id: '1-0', kind: 'text', text: 'Hi' },
    { id: '2-0', kind: 'tool-call', callId: 'c', name: 'shell', status: 'running' },
    { id: '3-0', status: 'completed', result: { success: { exitCode: 0 } } },
    { id: '4-0', kind: 'usage', tokens: { inputTokens: 3 } },
  ]);
});

test('text passes through to the byte', () => {
  const data = '{ "text" : "s\\u00fc\\u00df" }';
  expect(new FrameItems().read(frame('assistant', data, '1-0'))?.dataText).toBe(data);
});

test('what nobody knows is kept raw, JSON or not', () => {
  expect(
    read(
      frame('novelty', { a: 1 }, '1-0'),
      frame('novelty', 'no JSON'),
      frame('assistant', '[1]', '2-0'),
      frame('interaction_update', { type: 'step-started', stepId: 's' }, '3-0'),
    ),
  ).toEqual([
    { id: '1-0', kind: 'other', event: 'novelty', data: { a: 1 } },
    { id: undefined, kind: 'other', event: 'novelty', data: 'no JSON' },
    { id: '2-0', kind: 'other', event: 'assistant', data: [1] },
    { id: '3-0', kind: 'boundary' },
  ]);
});
