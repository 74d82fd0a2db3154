import { expect, it } from 'vitest';
import * as given from '../../../testing/session/sample-events.ts';
import { agentId } from '../../workflow/ids.ts';
import type { LifecycleEvent } from '../events.ts';
import type { AgentState, SessionState } from '../state.ts';
import { pendingEndReason, pendingTranscriptReason } from './pending-transcript.ts';

const reason = 'Cursor asked for a pause until 2026-11-26 02:00 UTC (429).';
const unread = given.completeLifecycle('a').filter(({ type }) => type !== 'StreamEnded');
const connection = (kind: 'live' | 'reconnecting'): LifecycleEvent => ({
  type: 'ConnectionChanged',
  agentId: agentId('a'),
  attempt: 1,
  connection: kind,
  ...(kind === 'live' ? {} : { reason }),
});

function waits(...events: LifecycleEvent[]) {
  const state: SessionState = given.stateAfter(given.sessionStarted(), ...events);
  const [agent] = state.agents as [AgentState];
  return [pendingTranscriptReason(agent), pendingEndReason(state)];
}

it('gives the reason why a transcript is incomplete, and why the session has not ended', () => {
  const expected = [expect.stringContaining(reason), expect.stringContaining(reason)];
  expect(waits(...unread, connection('reconnecting'))).toEqual(expected);
});

it('gives no reason while the transcript is received, after it is complete, and while the agent works', () => {
  expect(waits(...unread, connection('live'))).toEqual([null, null]);
  expect(waits(...unread, connection('reconnecting'), given.streamEnded('a'))).toEqual([
    null,
    null,
  ]);
  expect(waits(...unread.slice(0, 2), connection('reconnecting'))).toEqual([null, null]);
});
