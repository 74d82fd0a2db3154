import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import * as given from '../../../testing/session/sample-events.ts';
import { agentId } from '../../workflow/ids.ts';
import type { LifecycleEvent, SessionEventOf } from '../events.ts';
import { isQueued } from './queue.ts';
import { agentStatus, sessionStatus } from './session-status.ts';

const deferred = (
  id: string,
  reason: SessionEventOf<'LaunchDeferred'>['reason'] = 'concurrency',
): LifecycleEvent => ({
  type: 'LaunchDeferred',
  round: 1,
  agentId: agentId(id),
  attempt: 1,
  reason,
});

/** Three agents side by side and a fourth after the first, of which so many may run at once. */
const start = (maxConcurrentAgents: number): SessionEventOf<'SessionStarted'> => ({
  ...given.sessionStarted(sampleWorkflow({ agents: ['a', 'b', 'c', 'd'], connections: ['a->d'] })),
  maxConcurrentAgents,
});
const stateOf = (maxConcurrentAgents: number, ...events: LifecycleEvent[]) =>
  given.stateAfter(start(maxConcurrentAgents), ...events);
const statuses = (...given: Parameters<typeof stateOf>) => {
  const state = stateOf(...given);
  return state.agents.map((agent) => agentStatus(state, agent)).join(' ');
};

describe('an agent is queued', () => {
  it('if its session is at its own limit', () => {
    expect(statuses(1, given.launchIntended('a'))).toBe('launching queued queued waiting');
    expect(statuses(2, given.launchIntended('a'), given.launchIntended('b'))).toBe(
      'launching launching queued waiting',
    );
  });

  it('if all sessions together are at the limit', () => {
    expect(statuses(8, deferred('a'), deferred('b'), deferred('c'))).toBe(
      'queued queued queued waiting',
    );
    // The second may not even ask: the session grants one place, and the first one waits for it.
    expect(statuses(1, deferred('a'))).toBe('queued queued queued waiting');
  });

  it('no longer once it has a slot', () => {
    expect(statuses(8, deferred('a'), given.launchIntended('a'))).toMatch(/^launching/);
    expect(statuses(1, ...given.completeLifecycle('a'), given.launchIntended('b'))).toBe(
      'completed launching queued queued',
    );
  });

  it('never while it waits for other agents, Cursor, a key, the network or its retry', () => {
    expect(statuses(8)).toBe('waiting waiting waiting waiting');
    for (const reason of [
      'rate_limited',
      'usage_limit',
      'credentials',
      'offline',
      'retry',
    ] as const)
      expect(statuses(1, deferred('a', reason))).toMatch(/^waiting/);
  });

  it('if its work was interrupted and no slot is free to resume it', () => {
    const interrupted = given.runEnded('a', { outcome: 'interrupted' });
    const both = [given.launchIntended('a'), given.launched('a'), given.launchIntended('b')];
    expect(statuses(2, ...both, interrupted)).toBe('running launching queued waiting');
    expect(statuses(1, ...both, interrupted)).toBe('queued launching queued waiting');
    expect(statuses(2, ...both, interrupted, deferred('a'))).toBe(
      'queued launching queued waiting',
    );
  });

  it('never in a held session or while it is being cancelled', () => {
    const hold: LifecycleEvent = { type: 'SessionHeld', reason: 'asked-on-launch' };
    expect(statuses(8, deferred('a'), hold)).toBe('waiting waiting waiting waiting');
    expect(statuses(8, deferred('a'), given.cancel('a'))).toMatch(/^waiting/);
  });
});

describe('a session is queued', () => {
  const all = [deferred('a'), deferred('b'), deferred('c')];

  it('if no agent is at work and it waits only for a free slot', () => {
    expect(isQueued(stateOf(8, ...all))).toBe(true);
    expect(sessionStatus(stateOf(8, ...all))).toBe('running');
  });

  it('again in a later wave', () => {
    const events = [
      ...given.completeLifecycle('a'),
      ...given.completeLifecycle('b'),
      ...given.completeLifecycle('c'),
    ];
    expect(isQueued(stateOf(8, ...events, deferred('d')))).toBe(true);
  });

  it('not while an agent is at work, or waits for its retry or for Cursor', () => {
    expect(isQueued(stateOf(1, given.launchIntended('a')))).toBe(false);
    expect(isQueued(stateOf(8, deferred('a'), deferred('b', 'retry')))).toBe(false);
    expect(isQueued(stateOf(8, deferred('a'), deferred('b', 'rate_limited')))).toBe(false);
  });

  it('not after it has ended', () => {
    const settled = ['a', 'b', 'c', 'd'].map((id) => given.settled(id, 'cancelled', null));
    const ended = stateOf(8, ...all, ...settled, { type: 'SessionEnded', outcome: 'cancelled' });
    expect(sessionStatus(ended)).toBe('cancelled');
    expect(isQueued(ended)).toBe(false);
  });
});
