import { expect, test } from 'vitest';
import { sampleAgent, sampleNow, sampleSession } from '../../../testing/sample-session.ts';
import { paint } from '../terminal/lines.ts';
import { requestLines } from './request-lines.ts';

const request = {
  id: 'request-7b20',
  shortId: '7b20',
  agentId: 'writer',
  attempt: 1,
  callId: null,
  category: 'filesystem-write',
  tool: 'Edit',
  command: null,
  path: 'src/cart.ts',
  server: null,
  reason: null,
  folder: '/work/shop',
  summary: 'wants to change src/cart.ts',
  askedAt: '2026-05-18T12:09:00Z',
} as const;
const view = sampleSession({ agents: [sampleAgent({ name: 'Writer' })], requests: [request] });
const shown = (diff?: string) =>
  requestLines(view, sampleNow, new Map(diff === undefined ? [] : [[request.id, diff]])).map(
    (line) => paint(line, { color: false, unicode: true }),
  );

test('a request to write a file shows what would change in it', () => {
  const diff = '--- a/src/cart.ts\n+++ b/src/cart.ts\n@@ -1 +1 @@\n-  old\n+\tnew\u001b[2J\n';
  expect(shown(diff).join('\n')).toContain(
    [
      '            in /work/shop',
      '            --- a/src/cart.ts',
      '            +++ b/src/cart.ts',
      '            @@ -1 +1 @@',
      '            -  old',
      '            +  new',
    ].join('\n'),
  );
});

test('a long change is shortened, and one that nobody could predict is left out', () => {
  const lines = Array.from({ length: 45 }, (_, number) => `+line ${number}`);
  const long = shown(lines.join('\n'));
  expect(long).toContain('            +line 29');
  expect(long).not.toContain('            +line 30');
  expect(long).toContain('            15 more lines; see the app');
  expect(shown().filter((line) => line.includes('+'))).toEqual([]);
});
