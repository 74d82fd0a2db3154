import { describe, expect, it } from 'vitest';
import type { EventView } from '../../contract/event-views.ts';
import { resolveCursor } from './cursor.ts';
import { addNeed } from './notified-needs.ts';
import { lastTransitions } from './transitions.ts';

const event = (position: number, sessionId: string, type: string, more = {}): EventView => ({
  seq: position,
  position,
  at: '2026-05-01T12:00:00Z',
  sessionId,
  agentId: null,
  type,
  ...more,
});

describe('transitions that are announced', () => {
  it('keeps the last relevant transition of each session', () => {
    const notified = lastTransitions([
      event(1, 's_a', 'SessionHeld'),
      event(2, 's_a', 'AgentSettled'),
      event(3, 's_a', 'SessionEnded', { outcome: 'finished' }),
      event(4, 's_b', 'SessionEnded', { outcome: 'failed' }),
    ]);
    expect(notified.map(({ sessionId, kind }) => [sessionId, kind])).toEqual([
      ['s_a', 'finished'],
      ['s_b', 'failed'],
    ]);
  });

  it('skips single agents, streams, and actions of the user', () => {
    expect(
      lastTransitions([
        event(1, 's_a', 'AgentSettled', { outcome: 'failed' }),
        event(2, 's_a', 'StreamEvent'),
        event(3, 's_a', 'SessionEnded', { outcome: 'cancelled' }),
      ]),
    ).toEqual([]);
  });
});

describe('needs of a session', () => {
  it('are announced once, however often they are recorded', () => {
    const notified = addNeed([], 's_a usage_limit');
    expect(notified).toEqual(['s_a usage_limit']);
    expect(addNeed(notified ?? [], 's_a usage_limit')).toBeNull();
    expect(addNeed(notified ?? [], 's_a credentials')).toHaveLength(2);
  });
});

describe('the position after a reload', () => {
  it('resumes where this browser was', () => {
    expect(resolveCursor('40', 100)).toBe(40);
  });

  it('is the end for a new browser, a new journal, and after a very long time', () => {
    expect(resolveCursor(null, 100)).toBe(100);
    expect(resolveCursor('400', 100)).toBe(100);
    expect(resolveCursor('1', 900_000)).toBe(900_000);
    expect(resolveCursor('nonsense', 100)).toBe(100);
  });
});
