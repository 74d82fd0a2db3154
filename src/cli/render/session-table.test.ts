import { expect, test } from 'vitest';
import {
  busySession,
  sampleAgent,
  sampleNow,
  sampleSession,
} from '../../../testing/sample-session.ts';
import { widthOf } from '../terminal/text.ts';
import { renderSessionTable } from './session-table.ts';

const options = { now: sampleNow, width: 120, color: false, unicode: true };
const sessions = [
  { ...busySession(), status: 'waiting' as const },
  sampleSession({ status: 'finished', endedAt: '2026-05-18T12:09:00Z', backend: 'rehearsal' }),
];

test('shows the status of every session, its age, and the progress', () => {
  expect(renderSessionTable(sessions, options).join('\n')).toMatchInlineSnapshot(`
    "SESSION   WORKFLOW           STATUS                 WAVE  AGENTS   STARTED    ELAPSED  WHERE
    3f9a1c2e  Ship the checkout  ! needs you, 12 s ago  2/3   ✓1 of 4  5 min ago  5m 00s   cloud
    3f9a1c2e  Ship the checkout  ✓ finished             1/1   0 of 0   5 min ago  4m 00s   rehearsal"
  `);
});

test('gives no age to a session that needs the user for a reason of its own', () => {
  const agents = [sampleAgent({ name: 'Planner', attempt: 0, status: 'waiting', startedAt: null })];
  const [, row] = renderSessionTable([sampleSession({ status: 'waiting', agents })], options);
  expect(row).toMatch(/! needs you {2}/);
});

test('shows that a session is local, even in a rehearsal', () => {
  const where = (change: Parameters<typeof sampleSession>[0]) =>
    renderSessionTable([sampleSession(change)], options)[1]
      ?.split(/ {2,}/)
      .at(-1);
  expect(where({ mode: 'local', backend: 'cursor' })).toBe('local');
  expect(where({ mode: 'local', backend: 'rehearsal' })).toBe('local, rehearsal');
  expect(where({ mode: 'local', backend: 'rehearsal', isDismissed: true })).toBe(
    'local, rehearsal, dismissed',
  );
  expect(where({ mode: 'cloud', backend: 'cursor', isDismissed: true })).toBe('cloud, dismissed');
});

test('shows a session that waits for a free slot as queued, without elapsed time', () => {
  const queued = sampleSession({
    isQueued: true,
    agents: [sampleAgent({ name: 'Planner', attempt: 0, status: 'queued', startedAt: null })],
  });
  expect(renderSessionTable([queued], options).join('\n')).toMatchInlineSnapshot(`
    "SESSION   WORKFLOW           STATUS              WAVE  AGENTS  STARTED    ELAPSED  WHERE
    3f9a1c2e  Ship the checkout  ◌ queued, 12 s ago  1/1   0 of 1  5 min ago           cloud"
  `);
});

test('fits every width and always keeps id, workflow and status', () => {
  for (let width = 40; width <= 140; width += 1) {
    const rows = renderSessionTable(sessions, { ...options, width });
    for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(width);
    expect(rows[1]).toContain('3f9a1c2e');
    expect(rows[1]).toContain('needs you');
  }
});
