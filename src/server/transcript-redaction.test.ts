import { expect, test } from 'vitest';
import type { EventView } from '../contract/event-views.ts';
import { createRedactor } from '../lib/redact.ts';
import { redactTranscript } from './transcript-redaction.ts';

const redact = createRedactor(() => []);
const token = `ghp_${'a1B2'.repeat(9)}`;

const spoken = (agentId: string, text: string, more: object = {}): EventView => ({
  seq: 1,
  position: 1,
  at: '2026-01-01T00:00:00.000Z',
  sessionId: 's_1',
  type: 'TranscriptItem',
  agentId,
  turnId: 'run-1',
  item: { kind: 'text', text },
  ...more,
});
/** The format of the first version's journal. */
const frame = { type: 'StreamEvent', event: 'interaction_update', item: undefined };
const textsOf = (events: readonly EventView[]) =>
  events.map(({ item, data }) => {
    const said = item ?? data;
    return typeof said === 'object' && said !== null && 'text' in said ? said.text : null;
  });
const clean = (page: readonly EventView[]) =>
  redactTranscript({ before: [], page, after: [] }, redact);

test('redacts a key that is split into chunks, and counts it once', () => {
  const { events, counts } = clean([
    spoken('a', 'It is gh'),
    spoken('b', 'I am another agent '),
    spoken('a', token.slice(2, 9)),
    spoken('a', `${token.slice(9)}, they say`),
  ]);
  expect(textsOf(events)).toEqual(['It is [redacted]', 'I am another agent ', '', ', they say']);
  expect(counts).toEqual([1, 0, 0, 0]);
});

test('redacts a name with its value, and a PEM key, across chunks and lines', () => {
  const said =
    'Use PASSWORD = hunter2hunter2 and\n-----BEGIN RSA PRIVATE KEY-----\nMII abc\n-----END RSA PRIVATE KEY-----\nDone';
  const { events } = clean(said.split(/(?<= )/).map((word) => spoken('a', word)));
  expect(textsOf(events).join('')).toBe('Use PASSWORD = [redacted] and\n[redacted]\nDone');
});

test('redacts a key that spans two pages in both of them', () => {
  const saidIn = (text: string) =>
    spoken('a', '', { ...frame, data: { type: 'text-delta', text } });
  const first = [saidIn(token.slice(0, 12))];
  const second = [saidIn(token.slice(12))];
  const one = redactTranscript({ before: [], page: first, after: second }, redact);
  const other = redactTranscript({ before: first, page: second, after: [] }, redact);
  expect([...textsOf(one.events), ...textsOf(other.events)]).toEqual(['[redacted]', '']);
  expect([...one.counts, ...other.counts]).toEqual([1, 0]);
});
