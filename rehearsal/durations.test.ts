import { expect, it } from 'vitest';
import { parseDuration } from './durations.ts';

it.each([
  ['4h', 14_400_000],
  ['90s', 90_000],
  ['250ms', 250],
  ['1h30m', 5_400_000],
  ['1.5s', 1_500],
  ['2 d', undefined],
  ['7', 7_000],
  ['soon', undefined],
  ['', undefined],
  ['-5s', undefined],
])('reads %j as %j milliseconds', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
