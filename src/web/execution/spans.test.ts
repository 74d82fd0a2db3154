import { expect, test } from 'vitest';
import { spanOf } from './spans.ts';

const at = (second: number) => new Date(second * 1000).toISOString();

test('places the work of an agent on the scale of its session', () => {
  expect(spanOf({ startedAt: at(2), endedAt: at(6) }, 0, 8000, 9000)).toEqual({
    from: 0.25,
    to: 0.75,
    milliseconds: 4000,
  });
});

test('lets work that goes on reach until now', () => {
  expect(spanOf({ startedAt: at(4), endedAt: null }, 0, 8000, 8000)).toMatchObject({ to: 1 });
});

test('shows nothing of an agent that has not begun', () => {
  expect(spanOf({ startedAt: null, endedAt: null }, 0, 8000, 8000)).toBeNull();
});

test('keeps work on the scale whose clock disagrees', () => {
  const span = spanOf({ startedAt: at(-5), endedAt: at(20) }, 0, 8000, 8000);
  expect(span).toMatchObject({ from: 0, to: 1 });
});
