import { expect, test } from 'vitest';
import { nothingToApplyText } from './apply.ts';

const plan = {
  planId: 'p',
  folder: '/home/me/shop',
  branch: 'main',
  repoUrl: '/home/me/shop',
  files: [],
  conflicts: [],
  notices: [],
};

test('explains why there is nothing to apply', () => {
  expect(nothingToApplyText({ ...plan, isWorkedInPlace: true })).toBe(
    'There is nothing to apply: the agents worked directly in /home/me/shop, so it already has their changes.',
  );
  expect(nothingToApplyText({ ...plan, isWorkedInPlace: false })).toBe(
    'There is nothing to apply: /home/me/shop already has these changes.',
  );
});
