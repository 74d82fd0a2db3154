import { describe, expect, it } from 'vitest';
import { numberProblem } from './whole-number.ts';

describe('a number that is typed', () => {
  const problem = (text: string) => numberProblem(text, { min: 1, max: 256 });

  it('is fine within its range', () => {
    for (const text of ['1', '8', '256', ' 12 ', '1e2']) expect(problem(text), text).toBeNull();
  });

  it('is refused with its range when it is none, not whole, too small or too large', () => {
    for (const text of ['', ' ', '0', '-1', '1.5', '257', '1e9', 'eight', 'NaN', 'Infinity'])
      expect(problem(text), text).toBe('Enter a whole number from 1 to 256.');
  });
});
