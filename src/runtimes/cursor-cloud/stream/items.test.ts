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
  return frames.flatMap((each) => {
    const raw = items.read(each);
    return raw === null ? [] : [{ id: raw.id, ...readItem(raw.kind, JSON.parse(raw.dataText)) }];
  });
}

test('a frame and its twin are one item, token counters and results are none, and boundaries are kept', () => {
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

test('an update without its simplified frame becomes the item of that frame', () => {
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

test('text is passed on byte for byte', () => {
  const data = '{ "text" : "s\\u00fc\\u00df" }';
  expect(new FrameItems().read(frame('assistant', data, '1-0'))?.dataText).toBe(data);
});

test('unknown frames are stored raw, JSON or not', () => {
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

const text = (text: string, id?: string) => frame('assistant', { text }, id);
const twin = (text: string, id?: string) =>
  frame('interaction_update', { type: 'text-delta', text }, id);
const textsOf = (...frames: Frame[]) =>
  read(...frames).map((item) => (item.kind === 'text' ? item.text : item.kind));

test.each([
  ['neither has an id', [text('a'), twin('a'), text('b'), twin('b')]],
  ['the frame has no id', [text('a'), twin('a', '1-0'), text('b'), twin('b', '2-0')]],
  ['the twin has no id', [text('a', '1-0'), twin('a'), text('b', '2-0'), twin('b')]],
  [
    'the twins come later',
    [text('a', '1-0'), text('b', '2-0'), twin('a', '1-0'), twin('b', '2-0')],
  ],
  ['the twins come later without ids', [text('a'), text('b'), twin('a'), twin('b')]],
  [
    'the twins alone have ids and come later',
    [text('a'), text('b'), twin('a', '1-0'), twin('b', '2-0')],
  ],
  ['the twins are cut otherwise and have no ids', [text('a'), text('b'), twin('ab')]],
])('text is not doubled when %s', (_, frames) => {
  expect(textsOf(...frames)).toEqual(['a', 'b']);
});

test('updates without ids are items if there are no simplified frames of their kind', () => {
  expect(textsOf(twin('a'), twin('a'), twin('b'))).toEqual(['a', 'a', 'b']);
  const thought = frame('interaction_update', { type: 'thinking-delta', text: 'Hm' });
  expect(textsOf(text('a'), twin('a'), thought)).toEqual(['a', 'thinking']);
});

test('a tool call without ids is one item at its start and one at its end', () => {
  const simplified = (status: string) =>
    frame('tool_call', { callId: 'c', name: 'shell', status, args: {} });
  const update = (type: string) =>
    frame('interaction_update', { type, callId: 'c', toolCall: { type: 'shell', args: {} } });
  expect(
    read(
      simplified('running'),
      update('tool-call-started'),
      simplified('completed'),
      update('tool-call-completed'),
    ),
  ).toMatchObject([{ status: 'running' }, { status: 'completed' }]);
});

test('items without ids are recognized after a reconnect, and repeated text within a connection is kept', () => {
  const items = new FrameItems();
  const ids = (...frames: Frame[]) => frames.flatMap((each) => items.read(each)?.id ?? []);
  items.beginConnection(undefined);
  const first = ids(text('ha'), twin('ha'), text('ha'), twin('ha'), text('x', '1-0'), text('ha'));
  expect(new Set(first).size).toBe(4);
  items.beginConnection(undefined);
  expect(ids(text('ha'), twin('ha'), text('ha'), twin('ha'), text('x', '1-0'), text('ha'))).toEqual(
    first,
  );
  items.beginConnection('1-0');
  expect(ids(text('ha'), twin('ha'), text('new'))).toEqual([first[3], expect.any(String)]);
});
