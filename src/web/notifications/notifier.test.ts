import { describe, expect, it } from 'vitest';
import { sampleSession } from '../../../testing/sample-session.ts';
import { ApiError } from '../../contract/errors.ts';
import type { EventView } from '../../contract/event-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { addNeed } from './notified-needs.ts';
import { createNotifier } from './notifier.ts';

const ended = (position: number, sessionId: string): EventView => ({
  seq: position,
  position,
  at: '2026-05-01T12:00:00Z',
  sessionId,
  agentId: null,
  type: 'SessionEnded',
  outcome: 'finished',
});
const held = (position: number, sessionId: string): EventView => ({
  ...ended(position, sessionId),
  type: 'SessionHeld',
});

const unreachable = new ApiError(0, { code: 'daemon_unreachable', message: 'Gone.' });
const deleted = new ApiError(404, { code: 'session_not_found', message: 'Deleted.' });

/** Windows share `shared` as they share the browser's storage. */
function openWindow(shared = { position: 0, needs: [] as readonly string[] }) {
  const announced: string[] = [];
  const failing = new Map<string, Error>();
  const notify = createNotifier({
    exclusively: (task) => task(),
    position: () => shared.position,
    advance: (position) => {
      shared.position = position;
    },
    isEnabled: async () => true,
    loadSession: async (id): Promise<SessionDetail> => {
      const error = failing.get(id);
      if (error !== undefined) throw error;
      return sampleSession({ id, needsYou: { code: 'budget_exceeded', message: 'Used up.' } });
    },
    rememberNeed: (sessionId, need) => {
      const next = addNeed(shared.needs, `${sessionId} ${need}`);
      shared.needs = next ?? shared.needs;
      return next !== null;
    },
    announce: (notifications) => {
      for (const { sessionId, kind } of notifications) announced.push(`${sessionId} ${kind}`);
    },
  });
  return { notify, announced, failing, shared };
}

describe('a daemon that stops between an event and the loading of its session', () => {
  it('delays the notification until it responds again', async () => {
    const { notify, announced, failing, shared } = openWindow();
    failing.set('s_a', unreachable);
    await notify([ended(5, 's_a')]);
    expect(announced).toEqual([]);
    expect(shared.position).toBe(0);
    failing.clear();
    await notify([]);
    await notify([]);
    expect(announced).toEqual(['s_a finished']);
    expect(shared.position).toBe(5);
  });

  it('does not use up the needs of the sessions that were loaded', async () => {
    const { notify, announced, failing } = openWindow();
    failing.set('s_b', unreachable);
    await notify([held(1, 's_a'), ended(2, 's_b')]);
    failing.clear();
    await notify([held(3, 's_a')]);
    expect(announced).toEqual(['s_a needs-you', 's_b finished']);
  });

  it('lets another window announce it, once', async () => {
    const first = openWindow();
    const second = openWindow(first.shared);
    first.failing.set('s_a', unreachable);
    await first.notify([ended(5, 's_a')]);
    await second.notify([ended(5, 's_a')]);
    first.failing.clear();
    await first.notify([]);
    expect([first.announced, second.announced]).toEqual([[], ['s_a finished']]);
  });
});

describe('a session that cannot be loaded', () => {
  it('is skipped if it was deleted', async () => {
    const { notify, announced, failing, shared } = openWindow();
    failing.set('s_a', deleted);
    await notify([ended(1, 's_a'), ended(2, 's_b')]);
    expect(announced).toEqual(['s_b finished']);
    expect(shared.position).toBe(2);
  });

  it('does not hold up later notifications forever', async () => {
    const { notify, announced, failing } = openWindow();
    failing.set('s_a', new ApiError(500, { code: 'internal_error', message: 'Broken.' }));
    for (let position = 1; position <= 5; position += 1) await notify([ended(position, 's_a')]);
    await notify([ended(6, 's_b')]);
    expect(announced).toEqual(['s_b finished']);
  });
});
