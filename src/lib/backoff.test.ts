import { expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { backoffBound, fullJitter } from './backoff.ts';

const backoff = { baseMs: 500, capMs: 30_000 };

it('stays between the floor and the floor plus the cap, for any number of failures', () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(100_000),
      (failures, random, floorMs) => {
        const wait = fullJitter(backoff, failures, () => random, floorMs);
        expect(wait).toBeGreaterThanOrEqual(floorMs);
        expect(wait).toBeLessThanOrEqual(floorMs + 30_000);
      },
    ),
  );
});

it('doubles the bound with every failure, up to the cap', () => {
  expect([1, 2, 3, 4, 7, 8].map((failures) => backoffBound(backoff, failures))).toEqual([
    500, 1000, 2000, 4000, 30_000, 30_000,
  ]);
});

it('starts with the base delay for zero failures and for one', () => {
  expect(fullJitter(backoff, 0, () => 1)).toBe(500);
  expect(fullJitter(backoff, 1, () => 1)).toBe(500);
});
