import { expect, test } from 'vitest';
import { openTemporaryJournal } from '../../../testing/journal.ts';
import * as given from '../../../testing/session/sample-events.ts';
import type { SessionId } from '../../session/ids.ts';
import { agentId } from '../../workflow/ids.ts';
import { sessionProjection } from '../projection.ts';
import { dismiss, restore } from './dismissal.ts';

const idOf = (number: number) => `s_${String(number).padStart(32, '0')}` as SessionId;
const ended = [
  ...given.completeLifecycle('a'),
  { type: 'SessionEnded', outcome: 'finished' } as const,
];

/** A journal with so many ended sessions. */
function journalOf(amount: number) {
  const opened = openTemporaryJournal({ projection: sessionProjection });
  const ids = Array.from({ length: amount }, (_, number) => idOf(number));
  for (const id of ids) opened.journal.append(id, [given.sessionStarted(), ...ended]);
  const listed = () => opened.journal.sessions({ limit: 0 }).total;
  return { ...opened, ids, listed };
}

test('dismisses many sessions at once, and restores them', async () => {
  using world = journalOf(600);
  const told: number[] = [];
  world.journal.onCommitted((events) => void told.push(events.length));
  expect(await dismiss(world, world.ids)).toEqual({ ok: true, value: { dismissed: world.ids } });
  expect(world.listed()).toBe(0);
  expect(told.length).toBeLessThan(10);
  expect(await restore(world, world.ids)).toEqual({ ok: true, value: { restored: world.ids } });
  expect(world.listed()).toBe(600);
});

test('returns only the sessions that it changed, so that an undo restores no others', async () => {
  using world = journalOf(3);
  const [one, two, three] = world.ids;
  if (one === undefined || two === undefined || three === undefined) throw new Error('Three');
  await dismiss(world, [one]);
  expect(await dismiss(world, [one, two, two])).toMatchObject({ value: { dismissed: [two] } });
  expect(await restore(world, [two, three])).toMatchObject({ value: { restored: [two] } });
  expect(world.listed()).toBe(2);
});

test('says why a session with settled agents has not ended', async () => {
  using world = journalOf(0);
  const id = idOf(8);
  const whole = given.completeLifecycle('a');
  const unread = whole.filter(({ type }) => type !== 'StreamEnded');
  const reason = 'Cursor asked for a pause until 2026-11-26 02:00 UTC (429).';
  world.journal.append(id, [
    given.sessionStarted(),
    ...unread,
    {
      type: 'ConnectionChanged',
      agentId: agentId('a'),
      attempt: 1,
      connection: 'reconnecting',
      reason,
    },
  ]);
  expect(await dismiss(world, [id])).toMatchObject({
    error: {
      code: 'session_not_settled',
      message: expect.stringContaining(reason),
      suggestion: expect.stringContaining('Reconnect'),
    },
  });
});

test('dismisses none if one of them is unknown or has not ended', async () => {
  using world = journalOf(2);
  const going = idOf(7);
  world.journal.append(going, [given.sessionStarted()]);
  expect(await dismiss(world, [...world.ids, going])).toMatchObject({
    error: { code: 'session_not_settled' },
  });
  expect(await dismiss(world, [...world.ids, idOf(8)])).toMatchObject({
    error: { code: 'session_unknown' },
  });
  expect(world.listed()).toBe(3);
});
