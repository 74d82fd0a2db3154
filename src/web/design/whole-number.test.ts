import { describe, expect, it } from 'vitest';
import { wholeNumberError } from './whole-number.ts';

describe('validation of a whole number', () => {
  const problem = (text: string) => wholeNumberError(text, { min: 1, max: 256 });

  it('accepts numbers in its range', () => {
    for (const text of ['1', '8', '256', ' 12 ', '1e2']) expect(problem(text), text).toBeNull();
  });

  it('rejects empty, fractional, out-of-range and non-numeric text with the range', () => {
    for (const text of ['', ' ', '0', '-1', '1.5', '257', '1e9', 'eight', 'NaN', 'Infinity'])
      expect(problem(text), text).toBe('Enter a whole number from 1 to 256.');
  });
});
