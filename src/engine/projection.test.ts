import { expect, test } from 'vitest';
import type { LifecycleEvent } from '../session/events.ts';
import * as given from '../session/testing/sample-events.ts';
import { agentId } from '../workflow/ids.ts';
import { sessionProjection } from './projection.ts';

const deferred: LifecycleEvent = {
  type: 'LaunchDeferred',
  agentId: agentId('a'),
  attempt: 1,
  reason: 'concurrency',
};
const rowStatus = (...events: LifecycleEvent[]) =>
  sessionProjection.row(given.stateAfter(given.sessionStarted(), ...events)).status;

test('the row of a session tells one that waits for a free place from one at work', () => {
  expect(rowStatus(deferred)).toBe('queued');
  expect(rowStatus(deferred, given.launchIntended('a'))).toBe('running');
  expect(rowStatus(deferred, given.cancel())).toBe('cancelling');
  expect(rowStatus(deferred, { type: 'SessionHeld', reason: 'asked-on-launch' })).toBe('waiting');
});
