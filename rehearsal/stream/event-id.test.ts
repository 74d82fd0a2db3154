import { describe, expect, it } from 'vitest';
import { formatEventId, nextEventId, parseEventId } from './event-id.ts';

describe('event ids', () => {
  it('count within a millisecond and restart in the next', () => {
    const first = nextEventId(5, undefined);
    const second = nextEventId(5, first);
    const third = nextEventId(6, second);
    expect([first, second, third].map(formatEventId)).toEqual(['5-0', '5-1', '6-0']);
  });

  it('increase even if the clock was set back', () => {
    expect(formatEventId(nextEventId(3, { ms: 9, n: 4 }))).toBe('9-5');
  });

  it('are parsed, and invalid ids are rejected', () => {
    expect(parseEventId('12-3')).toEqual({ ms: 12, n: 3 });
    for (const text of ['', '12', '12-', 'a-1', '12-3-4', '12-3\n']) {
      expect(parseEventId(text)).toBeUndefined();
    }
  });
});
