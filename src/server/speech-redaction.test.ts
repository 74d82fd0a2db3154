import { expect, test } from 'vitest';
import { createRedactor } from '../lib/redact.ts';
import type { EventView } from './contract/views.ts';
import { withoutSpokenSecrets } from './speech-redaction.ts';

const redact = createRedactor(() => []);
const token = `ghp_${'a1B2'.repeat(9)}`;

const spoken = (agentId: string, text: string, more: object = {}): EventView => ({
  seq: 1,
  position: 1,
  at: '2026-01-01T00:00:00.000Z',
  sessionId: 's_1',
  type: 'StreamEvent',
  agentId,
  cursorRunId: 'run-1',
  event: 'assistant',
  data: { text, ...more },
});
const textsOf = (events: readonly EventView[]) =>
  events.map(({ data }) =>
    typeof data === 'object' && data !== null && 'text' in data ? data.text : null,
  );
const clean = (page: readonly EventView[]) =>
  withoutSpokenSecrets({ before: [], page, after: [] }, redact);

test('a key that is said in pieces is taken out of all of them, and counted once', () => {
  const { events, counts } = clean([
    spoken('a', 'It is gh'),
    spoken('b', 'I am another agent '),
    spoken('a', token.slice(2, 9)),
    spoken('a', `${token.slice(9)}, they say`),
  ]);
  expect(textsOf(events)).toEqual(['It is [redacted]', 'I am another agent ', '', ', they say']);
  expect(counts).toEqual([1, 0, 0, 0]);
});

test('a name and its value, and a key in armour, are found over words and lines', () => {
  const said =
    'Use PASSWORD = hunter2hunter2 and\n-----BEGIN RSA PRIVATE KEY-----\nMII abc\n-----END RSA PRIVATE KEY-----\nDone';
  const { events } = clean(said.split(/(?<= )/).map((word) => spoken('a', word)));
  expect(textsOf(events).join('')).toBe('Use PASSWORD = [redacted] and\n[redacted]\nDone');
});

test('a key that reaches over the edge of a page is taken out of both', () => {
  const first = [spoken('a', token.slice(0, 12), { type: 'text-delta' })];
  const second = [spoken('a', token.slice(12), { type: 'text-delta' })];
  const one = withoutSpokenSecrets({ before: [], page: first, after: second }, redact);
  const other = withoutSpokenSecrets({ before: first, page: second, after: [] }, redact);
  expect([...textsOf(one.events), ...textsOf(other.events)]).toEqual(['[redacted]', '']);
  expect([...one.counts, ...other.counts]).toEqual([1, 0]);
});
