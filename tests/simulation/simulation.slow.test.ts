import { expect, test } from 'vitest';
import { simulate } from './world.ts';

/** `npm run simulate` takes its time; the quick tier takes a few seeds, and the slow one those that it left out. */
const seedsByTier: Readonly<Record<string, string>> = { quick: '1-40', all: '1-100' };
const DEFAULT_SEEDS =
  process.env.npm_lifecycle_event === 'simulate'
    ? '1-5000'
    : (seedsByTier[process.env.TEST_TIER ?? 'all'] ?? '1-100');

/** `SEEDS=17`, `SEEDS=1-5000`. */
function seedsOf(text: string): string[] {
  const [first, last = first] = text.split('-').map(Number);
  if (first === undefined || last === undefined || Number.isNaN(first + last)) return [text];
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

/** Without these the seeds would say little about Loop & Enhance. */
const worthProving = [
  ...['workflow round 3', 'a round in the same thread', 'verdict: false', 'verdict: true'],
  ...['useful edits', 'useless edits', 'dangerous edits', 'edits that cannot be used twice'],
  ...['edits answered: approve', 'edits answered: reject', 'feedback'],
  ...['converged', 'most-rounds', 'budget', 'no-useful-edit', 'cancelled'].map(
    (cause) => `rounds ended: ${cause}`,
  ),
];

test('under random faults, nothing is lost, nothing runs twice, and nothing gets stuck', {
  timeout: 24 * 60 * 60 * 1000,
}, async () => {
  const failures: string[] = [];
  const reached = new Set<string>();
  for (const seed of seedsOf(process.env.SEEDS ?? DEFAULT_SEEDS)) {
    const history = await simulate(seed);
    for (const violation of history.violations) failures.push(`SEEDS=${seed}: ${violation}`);
    for (const one of history.reached) reached.add(one);
  }
  expect(failures).toEqual([]);
  if (process.env.SEEDS === undefined)
    expect([...reached]).toEqual(expect.arrayContaining(worthProving));
});
