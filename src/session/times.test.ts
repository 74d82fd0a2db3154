import { expect, it } from 'vitest';
import * as given from '../../testing/session/sample-events.ts';
import { agentId } from '../workflow/ids.ts';
import type { LifecycleEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { SessionState } from './state.ts';
import { agentEndedAt, sessionEndedAt, workedMs } from './times.ts';

const minute = 60_000;

function after(...steps: readonly (readonly [number, LifecycleEvent])[]): SessionState {
  let state: SessionState | undefined;
  for (const [at, event] of [[0, given.sessionStarted()] as const, ...steps]) {
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

it('takes what a run lasted from the service, however late it was heard of', () => {
  const state = after(...launched, ...heardOf(53_000));
  const [agent] = state.agents;
  expect(agent && workedMs(agent)).toBe(53_000);
  expect(agent && agentEndedAt(agent)).toBe(56_000);
  expect(sessionEndedAt(state)).toBe(56_000);
});

it('keeps to our own clock where the service has not told', () => {
  const state = after(...launched, ...heardOf());
  const [agent] = state.agents;
  expect(agent && workedMs(agent)).toBeNull();
  expect(agent && agentEndedAt(agent)).toBe(3 * minute + 6_000);
  expect(sessionEndedAt(state)).toBe(3 * minute + 6_000);
});

it('counts every run of an attempt, and not the time between them', () => {
  const about = { agentId: agentId('a'), attempt: 1, followUpId: given.followUpId('f') } as const;
  const [ended, settled] = heardOf(53_000);
  const state = after(
    ...launched,
    ended,
    settled,
    [60 * minute, { type: 'FollowUpIntended', ...about, purpose: 'message', prompt: 'More.' }],
    [60 * minute, { type: 'FollowUpSent', ...about, cursorRunId: given.runId('run-2') }],
    [90 * minute, given.runEnded('a', { cursorRunId: given.runId('run-2'), durationMs: 7_000 })],
    [90 * minute, given.settled('a', 'completed')],
  );
  const [agent] = state.agents;
  expect(agent && workedMs(agent)).toBe(60_000);
  expect(agent && agentEndedAt(agent)).toBe(60 * minute + 7_000);
});
