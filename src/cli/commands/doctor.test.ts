import { expect, test } from 'vitest';
import { conclusionOf } from './doctor.ts';

test.each([
  [['ok', 'ok'], 'Everything that a session needs is available.'],
  [['ok', 'warning'], 'Sessions can start; read the warning above.'],
  [['warning', 'warning'], 'Sessions can start; read the warnings above.'],
  [['failed', 'warning', 'failed'], '2 checks failed.'],
] as const)('concludes from %j', (states, words) => {
  expect(conclusionOf(states.map((state) => ({ state })))).toBe(words);
});
