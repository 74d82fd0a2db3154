import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import * as given from '../../../testing/session/sample-events.ts';
import { agentId } from '../../workflow/ids.ts';
import type { LifecycleEvent, SessionEventOf } from '../events.ts';
import { agentStatus, requiresAction, sessionStatus } from './session-status.ts';

const { agentIn, stateAfter } = given;
const one = given.sessionStarted();
const two = given.sessionStarted(sampleWorkflow({ agents: ['a', 'b'] }));
const running = [given.launchIntended('a'), given.launched('a')];
const about = { agentId: agentId('a'), attempt: 1 };

const statusOf = (...events: LifecycleEvent[]) => {
  const state = stateAfter(one, ...events);
  return agentStatus(state, agentIn(state, 'a'));
};
const needs = (...events: LifecycleEvent[]) =>
  requiresAction(stateAfter(one, ...events))?.code ?? null;

const connection = (
  kind: SessionEventOf<'ConnectionChanged'>['connection'],
  failure?: ReturnType<typeof given.failure>,
): LifecycleEvent => ({
  type: 'ConnectionChanged',
  ...about,
  connection: kind,
  ...(failure === undefined ? {} : { failure }),
});
const deferred = (reason: SessionEventOf<'LaunchDeferred'>['reason']): LifecycleEvent => ({
  type: 'LaunchDeferred',
  round: 1,
  ...about,
  reason,
});
const unconfirmed: LifecycleEvent = {
  type: 'CancelUnconfirmed',
  ...about,
  failure: given.failure('cancel_unconfirmed'),
};

describe('the status of an agent', () => {
  it('shows only what is known during a launch', () => {
    expect(statusOf()).toBe('waiting');
    expect(statusOf(given.launchIntended('a'))).toBe('launching');
    expect(statusOf(given.launchIntended('a'), deferred('rate_limited'))).toBe('waiting');
    expect(
      statusOf(given.launchIntended('a'), {
        type: 'LaunchUncertain',
        round: 1,
        ...about,
        failure: given.failure('unreachable'),
      }),
    ).toBe('unknown');
  });

  it('is running only while its stream is connected', () => {
    expect(statusOf(...running)).toBe('reconnecting');
    expect(statusOf(...running, connection('live'))).toBe('running');
    expect(statusOf(...running, connection('reconnecting'))).toBe('reconnecting');
    expect(statusOf(...running, connection('unknown'))).toBe('unknown');
  });

  it('is running while its hand-off is created, whatever its connection', () => {
    expect(statusOf(...running, connection('unknown'), given.runEnded('a'))).toBe('running');
  });

  it('is cancelling from the request on, and cancelled only once that is confirmed', () => {
    expect(statusOf(given.launchIntended('a'), given.cancel('a'))).toBe('cancelling');
    expect(statusOf(...running, given.cancel('a'))).toBe('cancelling');
    expect(statusOf(...running, given.cancel('a'), unconfirmed)).toBe('cancelling');
    expect(
      statusOf(
        ...running,
        given.runEnded('a', { outcome: 'cancelled' }),
        given.settled('a', 'cancelled'),
      ),
    ).toBe('cancelled');
  });

  it('is running or cancelling while a follow-up is being sent', () => {
    const sending = [...given.completeLifecycle('a'), given.message('a')];
    expect(statusOf(...sending)).toBe('running');
    expect(statusOf(...sending, given.cancel('a'))).toBe('cancelling');
  });

  it('is its outcome once it has settled', () => {
    expect(statusOf(...given.completeLifecycle('a'))).toBe('completed');
    expect(statusOf(...given.failedLifecycle('a'))).toBe('failed');
    expect(statusOf(given.settled('a', 'skipped', null))).toBe('skipped');
  });
});

describe('a session requires action', () => {
  it('if it is held, with a suggestion', () => {
    expect(needs({ type: 'SessionHeld', reason: 'asked-on-launch' })).toBe('held_on_launch');
    expect(needs({ type: 'SessionHeld', reason: 'account-changed' })).toBe('account_changed');
    expect(needs({ type: 'SessionHeld', reason: 'account-changed' }, given.cancel())).toBe(null);
  });

  it('if the key or the usage limit prevents a launch, but not if Cursor requests a pause', () => {
    expect(needs(given.launchIntended('a'), deferred('credentials'))).toBe('unauthorized');
    expect(needs(given.launchIntended('a'), deferred('usage_limit'))).toBe('usage_limit');
    for (const reason of ['rate_limited', 'offline', 'concurrency', 'retry'] as const)
      expect(needs(given.launchIntended('a'), deferred(reason))).toBe(null);
  });

  it('while a live run cannot be followed without the user', () => {
    const refused = [...running, connection('unknown', given.failure('unauthorized'))];
    expect(needs(...refused)).toBe('unauthorized');
    expect(needs(...refused, connection('live'))).toBe(null);
    expect(needs(...refused, given.runEnded('a'))).toBe(null);
  });

  it('if Cursor did not confirm a cancellation, until it is requested again or the run ends', () => {
    const stuck = [...running, given.cancel('a'), unconfirmed];
    expect(needs(...stuck)).toBe('cancel_unconfirmed');
    expect(needs(...stuck, given.cancel('a'))).toBe(null);
    expect(
      needs(
        ...stuck,
        given.runEnded('a', { outcome: 'cancelled' }),
        given.settled('a', 'cancelled'),
      ),
    ).toBe(null);
  });

  it('never after its end', () => {
    expect(
      needs(...given.completeLifecycle('a'), { type: 'SessionEnded', outcome: 'finished' }),
    ).toBe(null);
  });
});

describe('the status of a session', () => {
  const status = (...events: LifecycleEvent[]) => sessionStatus(stateAfter(two, ...events));
  const hold: LifecycleEvent = { type: 'SessionHeld', reason: 'asked-on-launch' };

  it('is waiting if it waits for the user, and not for Cursor', () => {
    expect(status()).toBe('running');
    expect(status(hold)).toBe('waiting');
    expect(status(given.launchIntended('a'), deferred('rate_limited'))).toBe('running');
  });

  it('is cancelling from the request to the end', () => {
    expect(status(...running, given.cancel())).toBe('cancelling');
    expect(status(...running, given.cancel('a'))).toBe('running');
  });

  it('is running again while a message in a cancelled session is answered', () => {
    const cancelled = [
      ...given.completeLifecycle('a'),
      given.cancel(),
      given.settled('b', 'cancelled', null),
    ];
    const ended: LifecycleEvent = { type: 'SessionEnded', outcome: 'cancelled' };
    expect(status(...cancelled, ended)).toBe('cancelled');
    expect(status(...cancelled, ended, given.message('a'))).toBe('running');
  });

  it('is its outcome once it has ended', () => {
    const ends = (outcome: 'finished' | 'failed'): LifecycleEvent => ({
      type: 'SessionEnded',
      outcome,
    });
    expect(
      status(...given.completeLifecycle('a'), ...given.completeLifecycle('b'), ends('finished')),
    ).toBe('finished');
    expect(
      status(...given.completeLifecycle('a'), ...given.failedLifecycle('b'), ends('failed')),
    ).toBe('failed');
  });
});
