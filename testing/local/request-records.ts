import type { LogRecord } from '../../src/runner/log/record.ts';

/** Records of a request for permission in a runner's log. The id of the request is derived from the call. */

const requestIdOf = (callId: string): string => `ask ${callId}`;

export const requestRecord = (turnId: string, callId: string): LogRecord => ({
  type: 'request',
  at: 3,
  turnId,
  request: {
    requestId: requestIdOf(callId),
    callId,
    category: 'execution',
    tool: 'shell',
    args: {},
    folder: '/shop',
  },
});

export const answerRecord = (
  turnId: string,
  callId: string,
  decision: 'allow' | 'deny',
): LogRecord => ({
  type: 'request-answered',
  at: 4,
  turnId,
  requestId: requestIdOf(callId),
  answer: { decision, scope: 'once' },
});

export const withdrawalRecord = (turnId: string, callId: string): LogRecord => ({
  type: 'request-withdrawn',
  at: 5,
  turnId,
  requestId: requestIdOf(callId),
  reason: 'The turn ended before it was answered.',
});
