import { beforeEach, describe, expect, it } from 'vitest';
import { type RawItem, readItem, type TranscriptItem } from '../../../transcript/item.ts';
import { TurnItems } from '../turn-items.ts';
import { UpdateItems } from './update-items.ts';

let raw: RawItem[];
let items: UpdateItems;
beforeEach(() => {
  raw = [];
  const sink = new TurnItems(async (named) => void raw.push(...named));
  items = new UpdateItems('/work/project', sink);
});

/** The resulting transcript items. */
function read(...updates: readonly unknown[]): readonly TranscriptItem[] {
  const before = raw.length;
  for (const update of updates) void items.read(update);
  return raw.slice(before).map(({ kind, dataText }) => readItem(kind, JSON.parse(dataText)));
}

// Updates as version 1.0.32 of the SDK passes them to `onDelta`.
const started = (callId: string, command = 'npm test') => ({
  type: 'tool-call-started',
  callId,
  toolCall: { type: 'shell', args: { command } },
  modelCallId: 'm1',
});
const completed = (callId: string, result: unknown) => ({
  type: 'tool-call-completed',
  callId,
  toolCall: { type: 'shell', args: { command: 'npm test' }, result },
  modelCallId: 'm1',
});
const shellOutput = (stream: string, data: string) => ({
  type: 'shell-output-delta',
  event: { case: stream, value: { data } },
});

describe('the text of the agent', () => {
  it('becomes text and thinking', () => {
    expect(
      read(
        { type: 'thinking-delta', text: 'hmm' },
        { type: 'thinking-completed', thinkingDurationMs: 5 },
        { type: 'text-delta', text: 'First ' },
        { type: 'text-delta', text: '' },
        { type: 'text-delta', text: 'I look. ' },
      ),
    ).toEqual([
      { kind: 'thinking', text: 'hmm' },
      { kind: 'text', text: 'First ' },
      { kind: 'text', text: 'I look. ' },
    ]);
  });

  it('ends with a boundary at the end of a step, but only if there was text', () => {
    const step = { type: 'step-completed', stepId: 1, stepDurationMs: 3 };
    expect(read(step, { type: 'text-delta', text: 'a' }, step, step)).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'boundary' },
    ]);
  });

  it('starts anew when the prompt is sent again', () => {
    read({ type: 'text-delta', text: 'a' });
    items.beginAttempt();
    expect(read({ type: 'user-message-appended', userMessage: { text: 'p' } })).toEqual([]);
  });
});

describe('repeated text', () => {
  const textDeltas = (text: string) =>
    text.split(/(?<= )/).map((word) => ({ type: 'text-delta', text: word }));

  it('is retracted, and counts once in the last text', () => {
    const items_ = read(...textDeltas('The cart is '), ...textDeltas('The cart is empty.'));
    expect(items_).toContainEqual({ kind: 'retracted', itemIds: ['item-1', 'item-2', 'item-3'] });
    expect(items.repeatedText).toBe('The cart is empty.');
    read(...textDeltas(' Bye.'));
    expect(items.repeatedText).toBe('The cart is empty. Bye.');
  });

  it('does not affect text after a call', () => {
    read(
      ...textDeltas('The cart is '),
      ...textDeltas('The cart is empty.'),
      started('c1'),
      ...textDeltas('Done.'),
    );
    expect(items.repeatedText).toBeNull();
  });

  it('is not detected across a call', () => {
    const items_ = read(
      ...textDeltas('The cart is '),
      started('c1'),
      ...textDeltas('The cart is empty.'),
    );
    expect(items_.map(({ kind }) => kind)).not.toContain('retracted');
  });
});

describe('a tool call', () => {
  it('is added when it starts and when it has its result', () => {
    const success = { status: 'success', value: { exitCode: 1, stdout: 'a\n' } };
    expect(read(started('c1'), completed('c1', success))).toEqual([
      {
        kind: 'tool-call',
        callId: 'c1',
        name: 'shell',
        status: 'running',
        args: { command: 'npm test' },
        isTruncated: false,
      },
      {
        kind: 'tool-call',
        callId: 'c1',
        name: 'shell',
        status: 'completed',
        args: { command: 'npm test' },
        result: { success: { exitCode: 1, stdout: 'a\n' } },
        isTruncated: false,
      },
    ]);
  });

  it('failed if its result says so, although the SDK calls it completed', () => {
    const [call] = read(completed('c1', { status: 'error', error: { message: 'no' } }));
    expect(call).toMatchObject({ status: 'error', result: { error: { message: 'no' } } });
  });

  it('prevents another attempt once it has started, but not while its arguments arrive', () => {
    read({ type: 'partial-tool-call', callId: 'c1', toolCall: { type: 'shell', args: {} } });
    expect(items.hasBegunCall).toBe(false);
    read(started('c1'));
    expect(items.hasBegunCall).toBe(true);
  });

  it('is truncated if it is very long', () => {
    const [call] = read(started('c1', `echo ${'x'.repeat(200_000)}`));
    expect(call).toMatchObject({ isTruncated: true });
    expect(JSON.stringify(call).length).toBeLessThan(110_000);
  });

  it('outside the working folder causes a warning', () => {
    expect(read(started('c1', 'cat /etc/hosts')).at(-1)).toMatchObject({
      kind: 'notice',
      level: 'warning',
      text: expect.stringContaining('/etc/hosts'),
    });
  });

  it('of an unknown tool is added too', () => {
    const toolCall = { type: 'holdMyBeer', args: { a: 1 } };
    expect(read({ type: 'tool-call-started', callId: 'c1', toolCall })[0]).toMatchObject({
      name: 'holdMyBeer',
      args: { a: 1 },
    });
  });
});

describe('live output', () => {
  it('belongs to the running command', () => {
    read(started('c1'));
    expect(
      read(
        shellOutput('start', ''),
        shellOutput('stdout', 'one\n'),
        shellOutput('stderr', 'two\n'),
      ),
    ).toEqual([
      { kind: 'tool-output', callId: 'c1', stream: 'stdout', text: 'one\n' },
      { kind: 'tool-output', callId: 'c1', stream: 'stderr', text: 'two\n' },
    ]);
  });

  it('is not added while several commands run, because it could be of any', () => {
    read(started('c1'), started('c2'));
    expect(read(shellOutput('stdout', 'whose?'))).toEqual([]);
    read(completed('c1', { status: 'success', value: {} }));
    expect(read(shellOutput('stdout', 'mine'))).toMatchObject([{ callId: 'c2', text: 'mine' }]);
  });

  it('is limited for each command', () => {
    read(started('c1'));
    const chunk = shellOutput('stdout', 'x'.repeat(400_000));
    const outputs = read(chunk, chunk, chunk, chunk, chunk);
    expect(outputs).toHaveLength(4);
    expect(outputs.at(-1)).toMatchObject({ text: expect.stringContaining('not shown live') });
  });
});

describe('a subagent', () => {
  const nested = (taskUpdate: unknown) => ({
    type: 'tool-call-delta',
    callId: 'task-1',
    modelCallId: 'm1',
    taskUpdate,
  });

  it('adds its text to the output of its task', () => {
    expect(read(nested({ type: 'text-delta', text: 'looking' }))).toEqual([
      { kind: 'tool-output', callId: 'task-1', stream: 'stdout', text: 'looking' },
    ]);
  });

  it('makes calls of its own', () => {
    expect(read(nested(started('c1')))).toMatchObject([{ callId: 'task-1/c1', name: 'shell' }]);
  });
});

describe('usage', () => {
  const ended = { inputTokens: 11, outputTokens: 7, cacheReadTokens: 3, cacheWriteTokens: 1 };

  it('is summed over the parts of a turn', () => {
    const items_ = read({ type: 'turn-ended', usage: ended }, { type: 'turn-ended', usage: ended });
    expect(items_.at(-1)).toEqual({
      kind: 'usage',
      tokens: { inputTokens: 22, outputTokens: 14, cacheReadTokens: 6, cacheWriteTokens: 2 },
    });
  });

  it('is null if none is reported', () => {
    expect(read({ type: 'turn-ended' })).toEqual([]);
    expect(items.tokens).toBeNull();
  });
});

describe('an update of a later version', () => {
  it('is kept unchanged', () => {
    expect(read({ type: 'mind-reading', thoughts: 3 })).toEqual([
      { kind: 'other', event: 'mind-reading', data: { type: 'mind-reading', thoughts: 3 } },
    ]);
    expect(read(null)).toEqual([{ kind: 'other', event: 'unknown', data: null }]);
  });

  it('that is huge is kept by its type only', () => {
    const huge = Array.from({ length: 9_000 }, () => 'x'.repeat(10));
    expect(read({ type: 'huge', huge })).toEqual([{ kind: 'other', event: 'huge', data: null }]);
  });
});
