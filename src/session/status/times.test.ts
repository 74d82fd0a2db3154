import { expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import * as given from '../../../testing/session/sample-events.ts';
import { agentId } from '../../workflow/ids.ts';
import type { LifecycleEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import type { SessionState } from '../state.ts';
import { agentEndedAt, sessionEndedAt, sessionWork, workedMs, workSpans } from './times.ts';

const minute = 60_000;

type Step = readonly [number, LifecycleEvent];

const after = (...steps: readonly Step[]) => folded([0, given.sessionStarted()], ...steps);

function folded(...steps: readonly Step[]): SessionState {
  let state: SessionState | undefined;
  for (const [at, event] of steps) {
    state = evolve(state, event, { at, sessionId: given.sessionId });
  }
  if (state === undefined) throw new Error('A history begins with SessionStarted');
  return state;
}

const launched = [
  [1_000, given.launchIntended('a')],
  [3_000, given.launched('a')],
] as const;
const heardOf = (durationMs?: number) =>
  [
    [
      3 * minute,
      given.runEnded('a', { whileAway: true, ...(durationMs === undefined ? {} : { durationMs }) }),
    ],
    [3 * minute + 6_000, given.settled('a', 'completed')],
    [3 * minute + 7_000, { type: 'SessionEnded', outcome: 'finished' }],
  ] as const;

it('uses the duration that the service reports, however late the end becomes known', () => {
  const state = after(...launched, ...heardOf(53_000));
  const [agent] = state.agents;
  expect(agent && workedMs(agent)).toBe(53_000);
  expect(agent && agentEndedAt(agent)).toBe(56_000);
  expect(sessionEndedAt(state)).toBe(56_000);
});

it('uses our own clock if the service reports no duration', () => {
  const state = after(...launched, ...heardOf());
  const [agent] = state.agents;
  expect(agent && workedMs(agent)).toBeNull();
  expect(agent && agentEndedAt(agent)).toBe(3 * minute + 6_000);
  expect(sessionEndedAt(state)).toBe(3 * minute + 6_000);
});

it('includes every run of an attempt, but not the time between runs', () => {
  const about = { agentId: agentId('a'), attempt: 1, followUpId: given.followUpId('f') } as const;
  const [ended, settled] = heardOf(53_000);
  const state = after(
    ...launched,
    ended,
    settled,
    [
      60 * minute,
      { type: 'FollowUpIntended', round: 1, ...about, purpose: 'message', prompt: 'More.' },
    ],
    [60 * minute, { type: 'FollowUpSent', ...about, turnId: given.runId('run-2') }],
    [90 * minute, given.runEnded('a', { turnId: given.runId('run-2'), durationMs: 7_000 })],
    [90 * minute, given.settled('a', 'completed')],
  );
  const [agent] = state.agents;
  expect(agent && workedMs(agent)).toBe(60_000);
  expect(agent && agentEndedAt(agent)).toBe(60 * minute + 7_000);
});

it('excludes time without work, for agents and for the session', () => {
  const about = { agentId: agentId('a'), attempt: 1, followUpId: given.followUpId('f') } as const;
  const [ended, settled] = heardOf(53_000);
  const first = [...launched, ended, settled] as const;
  const asked = [
    60 * minute,
    { type: 'FollowUpIntended', round: 1, ...about, purpose: 'message', prompt: 'More.' },
  ] as const;
  const sent = [
    61 * minute,
    { type: 'FollowUpSent', ...about, turnId: given.runId('run-2') },
  ] as const;
  const spansOf = (state: SessionState) =>
    state.agents.flatMap((agent) => agent.attempts.flatMap((one) => workSpans(agent, one)));
  const told = { from: 1_000, to: 54_000 };
  expect(spansOf(after(...first))).toEqual([told]);
  expect(spansOf(after(...first, asked))).toEqual([told]);
  const working = after(...first, asked, sent);
  expect(spansOf(working)).toEqual([told, { from: 61 * minute, to: null }]);
  expect(sessionWork(working)).toEqual({ workedMs: 53_000, since: 61 * minute });
  expect(sessionWork(after(...first))).toEqual({ workedMs: 53_000, since: null });
  expect(sessionWork(after())).toEqual({ workedMs: 0, since: null });
});

it('counts the time of concurrent agents once', () => {
  const pair = sampleWorkflow({ agents: ['a', 'b'], connections: [] });
  const both = [
    [0, given.sessionStarted(pair)],
    [1_000, given.launchIntended('a')],
    [2_000, given.launched('a')],
    [3_000, given.launchIntended('b')],
    [4_000, given.launched('b')],
    [11_000, given.runEnded('a', { durationMs: 10_000 })],
  ] as const;
  const state = folded(...both);
  expect(sessionWork(state)).toEqual({ workedMs: 2_000, since: 3_000 });
});
