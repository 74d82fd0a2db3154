import { describe, expect, it } from 'vitest';
import type { EventView } from '../../contract/event-views.ts';
import { cursorFrom } from './cursor.ts';
import { withNeed } from './needs.ts';
import { transitionsIn } from './transitions.ts';

const event = (position: number, sessionId: string, type: string, more = {}): EventView => ({
  seq: position,
  position,
  at: '2026-05-01T12:00:00Z',
  sessionId,
  agentId: null,
  type,
  ...more,
});

describe('what is told', () => {
  it('tells one thing for each session: the last that matters', () => {
    const told = transitionsIn([
      event(1, 's_a', 'SessionHeld'),
      event(2, 's_a', 'AgentSettled'),
      event(3, 's_a', 'SessionEnded', { outcome: 'finished' }),
      event(4, 's_b', 'SessionEnded', { outcome: 'failed' }),
    ]);
    expect(told.map(({ sessionId, kind }) => [sessionId, kind])).toEqual([
      ['s_a', 'finished'],
      ['s_b', 'failed'],
    ]);
  });

  it('says nothing about single agents, streams, and what a person did', () => {
    expect(
      transitionsIn([
        event(1, 's_a', 'AgentSettled', { outcome: 'failed' }),
        event(2, 's_a', 'StreamEvent'),
        event(3, 's_a', 'SessionEnded', { outcome: 'cancelled' }),
      ]),
    ).toEqual([]);
  });
});

describe('what a session needs', () => {
  it('is told once, however often it is stated', () => {
    const told = withNeed([], 's_a usage_limit');
    expect(told).toEqual(['s_a usage_limit']);
    expect(withNeed(told ?? [], 's_a usage_limit')).toBeNull();
    expect(withNeed(told ?? [], 's_a credentials')).toHaveLength(2);
  });
});

describe('where the events continue after a reload', () => {
  it('continues where this browser was', () => {
    expect(cursorFrom('40', 100)).toBe(40);
  });

  it('starts at the end for a new browser, a new journal, and after a very long time', () => {
    expect(cursorFrom(null, 100)).toBe(100);
    expect(cursorFrom('400', 100)).toBe(100);
    expect(cursorFrom('1', 900_000)).toBe(900_000);
    expect(cursorFrom('nonsense', 100)).toBe(100);
  });
});
