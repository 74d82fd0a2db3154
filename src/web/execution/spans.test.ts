import { expect, test } from 'vitest';
import { sampleRound } from '../../../testing/sample-session.ts';
import { earlierWork, lengthOf, spansOf, ticksOf } from './spans.ts';

const at = (second: number) => new Date(second * 1000).toISOString();
const work = (from: number, to: number | null) => ({
  startedAt: at(from),
  endedAt: to === null ? null : at(to),
});

test('places the work of an agent on the scale of its session', () => {
  expect(spansOf(work(2, 6), 0, 8000, 9000)).toEqual([{ from: 0.25, to: 0.75 }]);
});

test('shows each run by itself, and nothing between them', () => {
  const agent = { ...work(0, null), work: [work(0, 2), work(6, null)] };
  expect(spansOf(agent, 0, 8000, 8000)).toEqual([
    { from: 0, to: 0.25 },
    { from: 0.75, to: 1 },
  ]);
});

test('lets work that continues reach until now', () => {
  expect(spansOf(work(4, null), 0, 8000, 8000)).toEqual([{ from: 0.5, to: 1 }]);
});

test('shows nothing of an agent that has not begun', () => {
  expect(spansOf({ startedAt: null, endedAt: null }, 0, 8000, 8000)).toEqual([]);
});

test('keeps work on the scale whose clock disagrees', () => {
  expect(spansOf(work(-5, 20), 0, 8000, 8000)).toEqual([{ from: 0, to: 1 }]);
});

test('names five different times under a scale of any length', () => {
  expect(ticksOf(2400)).toEqual(['0 s', '0.6 s', '1.2 s', '1.8 s', '2.4 s']);
  expect(ticksOf(80_000)).toEqual(['0s', '20s', '40s', '1m 00s', '1m 20s']);
  for (const length of [1000, 1999, 2001, 3999, 9999, 10_000, 3_600_000])
    expect(new Set(ticksOf(length)).size, String(length)).toBe(5);
});

test('shows the rounds before the present one as well', () => {
  const round = (agentId: string, from: number | null, to: number | null) =>
    sampleRound({
      agentId,
      startedAt: from === null ? null : at(from),
      endedAt: to === null ? null : at(to),
    });
  const rounds = [round('a', 0, 2), round('b', 0, 8), round('a', null, null), round('a', 6, 8)];
  const earlier = earlierWork({ rounds }, { id: 'a' });
  expect(spansOf(work(6, 8), 0, 8000, 8000, earlier)).toEqual([
    { from: 0, to: 0.25 },
    { from: 0.75, to: 1 },
  ]);
});

test('the length of the work counts every round, and no round twice', () => {
  expect(lengthOf([work(0, 3), work(6, 11)])).toBe(8000);
  expect(lengthOf([work(4, null), work(9, 2)])).toBe(0);
});
