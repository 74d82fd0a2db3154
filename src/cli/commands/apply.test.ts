import { expect, test } from 'vitest';
import { nothingWords } from './apply.ts';

const plan = {
  planId: 'p',
  folder: '/home/me/shop',
  repoUrl: '/home/me/shop',
  files: [],
  conflicts: [],
  notices: [],
};

test('says why there is nothing to apply', () => {
  expect(nothingWords({ ...plan, isWorkedInPlace: true })).toBe(
    'There is nothing to apply: the agents worked directly in /home/me/shop, so it already has their changes.',
  );
  expect(nothingWords({ ...plan, isWorkedInPlace: false })).toBe(
    'There is nothing to apply: /home/me/shop already has these changes.',
  );
});
