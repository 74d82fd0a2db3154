import { describe, expect, it } from 'vitest';
import fc from '../../../../testing/properties.ts';
import { sampleEvent } from '../../../../testing/sample-session.ts';
import type { EventView } from '../../../contract/event-views.ts';
import { maxOutputLength } from './tool-output.ts';
import { Transcript } from './transcript.ts';

const item = (kind: string, data: object) =>
  sampleEvent('TranscriptItem', { item: { kind, ...data }, cursorRunId: 'run-1' });
/** The format of journals of the first version. */
const frame = (name: string, data: object) =>
  sampleEvent('StreamEvent', { event: name, data, cursorRunId: 'run-1' });

function transcriptOf(...events: EventView[]): Transcript {
  const transcript = new Transcript();
  transcript.append(events);
  return transcript;
}

describe('the transcript of an agent', () => {
  it('distinguishes messages of the user from those of Cerevisor', () => {
    const { rows } = transcriptOf(
      sampleEvent('LaunchIntended', { attempt: 1, prompt: 'Build it.' }),
      sampleEvent('FollowUpIntended', { prompt: 'And test it.' }),
      sampleEvent('FollowUpIntended', { prompt: 'Give the fields.', purpose: 'handoff-repair' }),
    );
    expect(rows.map((row) => row.kind === 'prompt' && [row.text, row.isFromUser])).toEqual([
      ['Build it.', false],
      ['And test it.', true],
      ['Give the fields.', false],
    ]);
  });

  it('joins consecutive text', () => {
    const { rows } = transcriptOf(
      item('thinking', { text: 'Hm.' }),
      item('text', { text: 'Hello' }),
      item('text', { text: ' there' }),
    );
    expect(rows.map((row) => [row.kind, 'text' in row && row.text])).toEqual([
      ['thinking', 'Hm.'],
      ['text', 'Hello there'],
    ]);
  });

  it('separates two messages', () => {
    const { rows } = transcriptOf(
      item('text', { text: 'One message.' }),
      item('boundary', { type: 'step-completed' }),
      item('text', { text: 'Another.' }),
    );
    expect(rows.map((row) => 'text' in row && row.text)).toEqual(['One message.\n\nAnother.']);
  });

  it('reads frames of an older journal without repeating interaction updates', () => {
    const transcript = transcriptOf(
      frame('assistant', { text: 'Hello' }),
      frame('interaction_update', { type: 'text-delta', text: 'Hello' }),
      item('text', { text: '!' }),
    );
    expect(transcript.lastText(100)).toBe('Hello!');
  });

  it('ignores an event that is delivered again', () => {
    const first = item('text', { text: 'once' });
    const transcript = transcriptOf(first);
    transcript.append([first]);
    expect(transcript.lastText(100)).toBe('once');
  });

  it('merges the updates of a tool call into one row with its arguments and result', () => {
    const transcript = transcriptOf(
      item('tool-call', {
        callId: 't1',
        name: 'shell',
        status: 'running',
        args: { command: 'ls' },
      }),
      item('text', { text: 'Meanwhile' }),
    );
    expect(transcript.runningTools().map(({ name }) => name)).toEqual(['shell']);
    transcript.append([
      item('tool-call', { callId: 't1', name: 'shell', status: 'completed', result: 'README' }),
    ]);
    expect(transcript.runningTools()).toEqual([]);
    expect(transcript.rows[0]).toMatchObject({ args: { command: 'ls' }, result: 'README' });
    expect(transcript.rows).toHaveLength(2);
  });

  it('splits endless text after a word, so that it stays fast', () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `word${index} `);
    const { rows } = transcriptOf(...words.map((text) => item('text', { text })));
    const texts = rows.map((row) => ('text' in row ? row.text : ''));
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.join('').replaceAll(' ', '')).toBe(words.join('').replaceAll(' ', ''));
  });

  it('splits a very long text at a blank line, never inside code', () => {
    const paragraph = `${'word '.repeat(700)}\n\n`;
    const { rows } = transcriptOf(
      item('text', { text: `${paragraph}\`\`\`\n${'code '.repeat(700)}\n\nmore code\n` }),
      item('text', { text: '```\nend' }),
    );
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({ text: expect.stringMatching(/^```[\s\S]*```\nend$/) });
  });

  it('notes a missing part', () => {
    const { rows } = transcriptOf(
      sampleEvent('StreamGap', { detail: 'Cursor keeps streams for a day.' }),
    );
    expect(rows[0]).toMatchObject({ kind: 'note', tone: 'warning' });
  });

  it('accepts payloads of any shape', () => {
    const { rows } = transcriptOf(
      item('text', { text: 5 }),
      sampleEvent('StreamEvent', { event: 'tool_call', data: null }),
      sampleEvent('SomethingNew'),
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['tool']);
  });
});

describe('command output', () => {
  const call = (status: string, more = {}) =>
    item('tool-call', { callId: 't1', name: 'shell', status, ...more });
  const printed = (text: string, stream = 'stdout') =>
    item('tool-output', { callId: 't1', stream, text });

  it('is shown in the row of its running call', () => {
    const { rows } = transcriptOf(
      call('running', { args: { command: 'npm test' } }),
      printed('ok 1\n'),
      printed('ok 2\n'),
      printed('a warning\n', 'stderr'),
    );
    expect(rows).toMatchObject([
      {
        status: 'running',
        output: [
          { stream: 'stdout', text: 'ok 1\nok 2\n' },
          { stream: 'stderr', text: 'a warning\n' },
        ],
      },
    ]);
  });

  it('is truncated to its end when it is long', () => {
    const begun = call('running');
    const lines = Array.from({ length: 20_000 }, (_, index) => printed(`line ${index}\n`));
    const [row] = transcriptOf(begun, ...lines).rows;
    const text = row?.kind === 'tool' ? row.output.map((part) => part.text).join('') : '';
    expect(text).toHaveLength(maxOutputLength);
    expect(text.endsWith('line 19999\n')).toBe(true);
  });

  it('marks a call without a result as unfinished once its turn has ended', () => {
    const transcript = transcriptOf(
      call('running'),
      sampleEvent('RunEnded', { outcome: 'interrupted', cursorRunId: 'run-1' }),
    );
    expect(transcript.rows[0]).toMatchObject({ status: 'unfinished' });
    expect(transcript.runningTools()).toEqual([]);
  });
});

const anyEvent = fc.oneof(
  fc
    .record({ event: fc.constantFrom('assistant', 'thinking'), text: fc.string() })
    .map(({ event: name, text }) => ({ event: name, data: { text } })),
  fc
    .record({
      callId: fc.constantFrom('t1', 't2', 't3'),
      name: fc.constantFrom('shell', undefined),
      status: fc.constantFrom('running', 'completed', 'error'),
      args: fc.constantFrom(undefined, { path: 'a' }),
      result: fc.constantFrom(undefined, 'README'),
    })
    .map((data) => ({ event: 'tool_call', data })),
  fc
    .record({
      kind: fc.constant('tool-output'),
      callId: fc.constantFrom('t1', 't2', 't3'),
      stream: fc.constantFrom('stdout', 'stderr'),
      text: fc.string({ minLength: 1 }),
    })
    .map((item) => ({ type: 'TranscriptItem', item })),
  fc.constant({ type: 'RunEnded', outcome: 'interrupted' }),
  fc.constant({ type: 'RetryRequested', round: 1 }),
);

/** Long words and blank lines, so that rows are split. */
const anyWords = fc
  .constantFrom('word ', '\n', '\n\n', '```\n', 'long '.repeat(300), 'line\n'.repeat(700), '')
  .map((text) => ({ event: 'assistant', data: { text } }));
const boundary = fc.constant({ type: 'TranscriptItem', item: { kind: 'boundary' } });

describe('a transcript that is appended in batches', () => {
  it('has the same rows as one appended event by event', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 8, arbitrary: anyWords }, boundary, anyEvent), {
          maxLength: 60,
        }),
        fc.integer({ min: 2, max: 60 }),
        (made, size) => {
          const events = made.map((each) =>
            sampleEvent('StreamEvent', { cursorRunId: 'r', ...each }),
          );
          const oneByOne = new Transcript();
          for (const event of events) oneByOne.append([event]);
          const inParts = new Transcript();
          for (let from = 0; from < events.length; from += size)
            inParts.append(events.slice(from, from + size));
          expect(inParts.rows).toEqual(oneByOne.rows);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a transcript that is loaded from its end', () => {
  it('equals one that was loaded from its beginning, wherever it was divided', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 30 }),
        fc.array(fc.nat(30), { maxLength: 4 }),
        (made, places) => {
          const events = made.map((each) =>
            sampleEvent('StreamEvent', { cursorRunId: 'r', ...each }),
          );
          const cuts = [...new Set([0, ...places.filter((place) => place < events.length)])];
          cuts.sort((one, other) => other - one);
          const parts = cuts.map((from, index) => events.slice(from, cuts[index - 1]));
          const [end, ...earlier] = parts;
          const whole = transcriptOf(...events);
          const read = transcriptOf(...(end ?? []));
          for (const part of earlier) read.prepend(part);
          const bare = ({ rows }: Transcript) => rows.map((row) => ({ ...row, key: '' }));
          expect(bare(read)).toEqual(bare(whole));
          expect(read.runningTools().length).toBe(whole.runningTools().length);
        },
      ),
    );
  });

  it('continues with new events after earlier parts were prepended', () => {
    const [first, second, third, fourth] = [
      frame('tool_call', { callId: 't9', name: 'shell', status: 'running', args: 'ls' }),
      frame('assistant', { text: 'One' }),
      frame('assistant', { text: ' two' }),
      frame('tool_call', { callId: 't9', status: 'completed', result: 'README' }),
    ];
    const transcript = transcriptOf(third);
    const { key } = transcript.rows[0] ?? {};
    transcript.prepend([first, second]);
    transcript.append([fourth, frame('assistant', { text: ' three' })]);
    expect(transcript.rows).toMatchObject([
      { kind: 'tool', name: 'shell', status: 'completed', args: 'ls', result: 'README' },
      { kind: 'text', text: 'One two three' },
    ]);
    // The visible row keeps its key.
    expect(transcript.rows[1]?.key).toBe(key);
  });

  it('keeps a code block together where a part begins inside it', () => {
    const before = [frame('assistant', { text: 'See:\n\n```\nfirst\n' })];
    const after = ['x\n'.repeat(1600), '\n', 'y\n'.repeat(1600), '\nlast\n```\n\nDone.'];
    const transcript = transcriptOf(...after.map((text) => frame('assistant', { text })));
    expect(transcript.rows.length).toBeGreaterThan(1);
    transcript.prepend(before);
    for (const row of transcript.rows)
      expect('text' in row ? (row.text.match(/^```/gm)?.length ?? 0) % 2 : 0).toBe(0);
  });

  it('loses nothing of endless text', () => {
    const words = Array.from({ length: 12_000 }, (_, index) => `word${index} `);
    const events = words.map((text) => frame('assistant', { text }));
    const transcript = transcriptOf(...events.slice(9000));
    for (const from of [6000, 3000, 0]) transcript.prepend(events.slice(from, from + 3000));
    const texts = transcript.rows.map((row) => ('text' in row ? row.text : ''));
    expect(texts.join('').replaceAll(' ', '')).toBe(words.join('').replaceAll(' ', ''));
    expect(Math.min(...texts.slice(0, -1).map(({ length }) => length))).toBeGreaterThan(1000);
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(30_000);
  });
});
