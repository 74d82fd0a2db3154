import { expect, test } from 'vitest';
import { formatConclusion } from './doctor.ts';

test.each([
  [['ok', 'ok'], 'Everything that a session needs is available.'],
  [['ok', 'warning'], 'Sessions can start; read the warning above.'],
  [['warning', 'warning'], 'Sessions can start; read the warnings above.'],
  [['failed', 'warning', 'failed'], '2 checks failed.'],
] as const)('concludes from %j', (states, words) => {
  expect(formatConclusion(states.map((state) => ({ state })))).toBe(words);
});
