import { expect, test } from 'vitest';
import { agentWorkedMs, sessionWorkedMs } from './work-time.ts';

const at = (second: number) => new Date(second * 1000).toISOString();
const span = (from: number, to: number | null) => ({
  startedAt: at(from),
  endedAt: to === null ? null : at(to),
});

test('adds the time of earlier turns when an agent works again', () => {
  const agent = { ...span(0, null), durationMs: null, work: [span(0, 10), span(500, null)] };
  expect(agentWorkedMs(agent, 503_000)).toBe(13_000);
  expect(agentWorkedMs({ ...agent, work: [span(0, 10)] }, 503_000)).toBe(10_000);
  expect(agentWorkedMs({ ...agent, durationMs: 12_500 }, 503_000)).toBe(12_500);
});

test('counts from the start to the end in a view of an older version', () => {
  expect(agentWorkedMs(span(5, null), 8_000)).toBe(3_000);
  expect(sessionWorkedMs({ startedAt: at(0), endedAt: at(4) }, 9_000)).toBe(4_000);
});

test('counts the time of a session only while an agent is working', () => {
  const session = { startedAt: at(0), endedAt: null };
  const working = { workedMs: 10_000, since: at(500) };
  expect(sessionWorkedMs({ ...session, work: working }, 503_000)).toBe(13_000);
  expect(sessionWorkedMs({ ...session, work: { workedMs: 0, since: null } }, 503_000)).toBe(0);
});
