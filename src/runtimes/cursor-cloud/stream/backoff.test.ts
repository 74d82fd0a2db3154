import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

it('stays between what the server asked for and the cap above it', () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(100_000),
      (attempt, random, floorMs) => {
        const wait = backoffMs(attempt, () => random, { baseMs: 500, capMs: 30_000 }, floorMs);
        expect(wait).toBeGreaterThanOrEqual(floorMs);
        expect(wait).toBeLessThanOrEqual(floorMs + 30_000);
      },
    ),
  );
});

it('doubles the ceiling with every try', () => {
  const ceilings = [0, 1, 2, 3].map((attempt) => backoffMs(attempt, () => 1));
  expect(ceilings).toEqual([500, 1000, 2000, 4000]);
});
