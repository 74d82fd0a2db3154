import { expect, test } from 'vitest';
import { sampleRound } from '../../../testing/sample-session.ts';
import { earlierWork, spansOf, tickLabels, totalDurationMs } from './timeline-spans.ts';

const scale = { start: 0, end: 8000, now: 8000 };
const at = (second: number) => new Date(second * 1000).toISOString();
const work = (from: number, to: number | null) => ({
  status: 'completed' as const,
  startedAt: at(from),
  endedAt: to === null ? null : at(to),
});

test("places work on the session's timescale", () => {
  expect(spansOf(work(2, 6), { ...scale, now: 9000 })).toEqual([
    { from: 0.25, to: 0.75, status: 'completed' },
  ]);
});

test('shows each period of work separately', () => {
  const agent = { ...work(0, null), work: [work(0, 2), work(6, null)] };
  expect(spansOf(agent, scale)).toEqual([
    { from: 0, to: 0.25, status: 'completed' },
    { from: 0.75, to: 1, status: 'completed' },
  ]);
});

test('extends unfinished work to now', () => {
  expect(spansOf(work(4, null), scale)).toEqual([{ from: 0.5, to: 1, status: 'completed' }]);
});

test('shows nothing for an agent that has not started', () => {
  expect(spansOf({ startedAt: null, endedAt: null, status: 'waiting' }, scale)).toEqual([]);
});

test('clamps work to the scale when clocks disagree', () => {
  expect(spansOf(work(-5, 20), scale)).toEqual([{ from: 0, to: 1, status: 'completed' }]);
});

test('labels a scale of any length with five different times', () => {
  expect(tickLabels(2400)).toEqual(['0 s', '0.6 s', '1.2 s', '1.8 s', '2.4 s']);
  expect(tickLabels(80_000)).toEqual(['0s', '20s', '40s', '1m 00s', '1m 20s']);
  for (const length of [1000, 1999, 2001, 3999, 9999, 10_000, 3_600_000])
    expect(new Set(tickLabels(length)).size, String(length)).toBe(5);
});

test('includes earlier rounds', () => {
  const round = (agentId: string, from: number | null, to: number | null) =>
    sampleRound({
      agentId,
      status: 'completed',
      startedAt: from === null ? null : at(from),
      endedAt: to === null ? null : at(to),
    });
  const rounds = [round('a', 0, 2), round('b', 0, 8), round('a', null, null), round('a', 6, 8)];
  const earlier = earlierWork({ rounds }, { id: 'a' });
  expect(spansOf(work(6, 8), scale, earlier)).toEqual([
    { from: 0, to: 0.25, status: 'completed' },
    { from: 0.75, to: 1, status: 'completed' },
  ]);
});

test('gives each round its own status, also where the newest one never began', () => {
  const rounds = [
    sampleRound({ agentId: 'a', status: 'completed', startedAt: at(0), endedAt: at(2) }),
    sampleRound({ agentId: 'a', status: 'failed', startedAt: at(4), endedAt: at(6) }),
    sampleRound({ agentId: 'a', status: 'skipped', startedAt: null, endedAt: at(7) }),
  ];
  const agent = { startedAt: null, endedAt: at(7), work: [], status: 'skipped' as const };
  expect(spansOf(agent, scale, earlierWork({ rounds }, { id: 'a' }))).toEqual([
    { from: 0, to: 0.25, status: 'completed' },
    { from: 0.5, to: 0.75, status: 'failed' },
  ]);
});

test('sums the durations of all rounds', () => {
  expect(totalDurationMs([work(0, 3), work(6, 11)])).toBe(8000);
  expect(totalDurationMs([work(4, null), work(9, 2)])).toBe(0);
});
