import { expect, test } from 'vitest';
import { planDiff } from './plan-diff.ts';

test('shows edited lines, but no differences in line endings', () => {
  const proposed = '1. Look.\r\n2. Change.\r\n';
  const [, , ...lines] = planDiff({ proposed, edited: '1. Look.\n2. Leave it.' }).split('\n');
  expect(lines).toEqual(['@@ -1,2 +1,2 @@', ' 1. Look.', '-2. Change.', '+2. Leave it.', '']);
});
