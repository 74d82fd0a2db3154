import { expect, test } from 'vitest';
import { rowsOf } from './session-filter.ts';

test('a session that waits for a free slot is among the running ones, and can be told apart', () => {
  expect(rowsOf({ status: ['running'] }).statuses).toEqual(['running', 'queued']);
  expect(rowsOf({ status: ['running'], queued: 'false' }).statuses).toEqual(['running']);
  expect(rowsOf({ status: ['queued', 'failed'] }).statuses).toEqual(['queued', 'failed']);
  expect(rowsOf({ queued: 'true' }).statuses).toEqual(['queued']);
  expect(rowsOf({ queued: 'false' }).statuses).not.toContain('queued');
  expect(rowsOf({ status: ['failed'], queued: 'true' }).statuses).toEqual([]);
});

test('what is not asked for narrows nothing', () => {
  expect(rowsOf({})).toEqual({});
  expect(rowsOf({ mode: 'cloud', settled: 'false', search: 'shop' })).toEqual({
    mode: 'cloud',
    isSettled: false,
    search: 'shop',
  });
  expect(rowsOf({ mode: 'local' })).toEqual({ mode: 'local' });
});
