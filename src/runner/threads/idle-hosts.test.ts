import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IdleHosts } from './idle-hosts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('keeps the newest four hosts, and ends the oldest ones at once', () => {
  const ended: number[] = [];
  const idle = new IdleHosts(1000);
  for (const number of [1, 2, 3, 4, 5, 6]) idle.add({ number }, () => ended.push(number));
  expect(ended).toEqual([1, 2]);
  vi.advanceTimersByTime(1000);
  expect(ended).toEqual([1, 2, 3, 4, 5, 6]);
});

test('does not end a host that has a turn again', () => {
  const ended: string[] = [];
  const idle = new IdleHosts(1000);
  const [first, second] = [{ name: 'first' }, { name: 'second' }];
  for (const host of [first, second]) idle.add(host, () => ended.push(host.name));
  idle.remove(first);
  vi.advanceTimersByTime(600);
  idle.add(first, () => ended.push('first, later'));
  vi.advanceTimersByTime(400);
  expect(ended).toEqual(['second']);
  vi.advanceTimersByTime(600);
  expect(ended).toEqual(['second', 'first, later']);
});
