import { expect, test } from 'vitest';
import { toSessionQuery } from './session-filter.ts';

test('counts queued sessions as running, unless the filter separates them', () => {
  expect(toSessionQuery({ status: ['running'] }).statuses).toEqual(['running', 'queued']);
  expect(toSessionQuery({ status: ['running'], queued: 'false' }).statuses).toEqual(['running']);
  expect(toSessionQuery({ status: ['queued', 'failed'] }).statuses).toEqual(['queued', 'failed']);
  expect(toSessionQuery({ queued: 'true' }).statuses).toEqual(['queued']);
  expect(toSessionQuery({ queued: 'false' }).statuses).not.toContain('queued');
  expect(toSessionQuery({ status: ['failed'], queued: 'true' }).statuses).toEqual([]);
});

test('adds no conditions for absent filters', () => {
  expect(toSessionQuery({})).toEqual({});
  expect(toSessionQuery({ mode: 'cloud', settled: 'false', search: 'shop' })).toEqual({
    mode: 'cloud',
    isSettled: false,
    search: 'shop',
  });
  expect(toSessionQuery({ mode: 'local' })).toEqual({ mode: 'local' });
});
