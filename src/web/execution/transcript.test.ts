import { describe, expect, it } from 'vitest';
import type { EventView } from '../../server/contract/views.ts';
import { Transcript } from './transcript.ts';

let seq = 0;
const event = (type: string, more: object = {}): EventView => {
  seq += 1;
  return {
    seq,
    position: seq,
    at: '2026-05-01T12:00:00Z',
    sessionId: 's',
    agentId: 'a',
    type,
    ...more,
  };
};
const frame = (name: string, data: object) =>
  event('StreamEvent', { event: name, data, cursorRunId: 'run-1' });

function transcriptOf(...events: EventView[]): Transcript {
  const transcript = new Transcript();
  transcript.append(events);
  return transcript;
}

describe('the transcript of an agent', () => {
  it('joins the words that belong together', () => {
    const { rows } = transcriptOf(
      frame('thinking', { text: 'Hm.' }),
      frame('assistant', { text: 'Hello' }),
      frame('assistant', { text: ' there' }),
    );
    expect(rows.map((row) => [row.kind, 'text' in row && row.text])).toEqual([
      ['thinking', 'Hm.'],
      ['text', 'Hello there'],
    ]);
  });

  it('does not repeat what an interaction update says again', () => {
    const transcript = transcriptOf(
      frame('assistant', { text: 'Hello' }),
      frame('interaction_update', { type: 'text-delta', text: 'Hello' }),
      frame('assistant', { text: '!' }),
    );
    expect(transcript.lastWords(100)).toBe('Hello!');
  });

  it('takes an event once, whoever delivers it', () => {
    const first = frame('assistant', { text: 'once' });
    const transcript = transcriptOf(first);
    transcript.append([first]);
    expect(transcript.lastWords(100)).toBe('once');
  });

  it('shows one row for a tool call, with its arguments and its result', () => {
    const transcript = transcriptOf(
      frame('tool_call', {
        callId: 't1',
        name: 'shell',
        status: 'running',
        args: { command: 'ls' },
      }),
      frame('assistant', { text: 'Meanwhile' }),
    );
    expect(transcript.toolsInFlight().map(({ name }) => name)).toEqual(['shell']);
    transcript.append([
      frame('tool_call', { callId: 't1', name: 'shell', status: 'completed', result: 'README' }),
    ]);
    expect(transcript.toolsInFlight()).toEqual([]);
    expect(transcript.rows[0]).toMatchObject({ args: { command: 'ls' }, result: 'README' });
    expect(transcript.rows).toHaveLength(2);
  });

  it('cuts endless text after a word, so that it stays quick', () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `word${index} `);
    const { rows } = transcriptOf(...words.map((text) => frame('assistant', { text })));
    const texts = rows.map((row) => ('text' in row ? row.text : ''));
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.join('').replaceAll(' ', '')).toBe(words.join('').replaceAll(' ', ''));
  });

  it('cuts a very long text at a blank line, and never inside of code', () => {
    const paragraph = `${'word '.repeat(700)}\n\n`;
    const { rows } = transcriptOf(
      frame('assistant', { text: `${paragraph}\`\`\`\n${'code '.repeat(700)}\n\nmore code\n` }),
      frame('assistant', { text: '```\nend' }),
    );
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({ text: expect.stringMatching(/^```[\s\S]*```\nend$/) });
  });

  it('says that a part is missing', () => {
    const { rows } = transcriptOf(
      event('StreamGap', { detail: 'Cursor keeps streams for a day.' }),
    );
    expect(rows[0]).toMatchObject({ kind: 'note', tone: 'warning' });
  });

  it('survives payloads of any shape', () => {
    const { rows } = transcriptOf(
      frame('assistant', { text: 5 }),
      event('StreamEvent', { event: 'tool_call', data: null }),
      event('SomethingNew'),
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['tool']);
  });
});
