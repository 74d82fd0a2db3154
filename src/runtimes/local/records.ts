import type { ProviderError, Result } from '../provider-error.ts';
import type { ThreadRecord, TurnRecord } from '../turn-records.ts';
import type { LaunchOutcome } from '../turn-requests.ts';
import type { LocalThread, LocalTurn } from './protocol.ts';
import type { CallError, CallResult } from './socket-calls.ts';

/** Converts a turn of the runner to the engine's record. */
export function toTurnRecord(turn: LocalTurn): TurnRecord {
  const { threadId, turnId, status, branches } = turn;
  const { result, durationMs, failure, notes, unfinishedCalls, baseCommits } = turn;
  return {
    threadId,
    turnId,
    status,
    branches,
    ...(turn.cwd === undefined ? {} : { folder: turn.cwd }),
    ...(result === undefined ? {} : { result }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(failure === undefined ? {} : { failure: failureOf(failure) }),
    ...(notes === undefined ? {} : { notes }),
    ...(unfinishedCalls === undefined ? {} : { unfinishedCalls }),
    ...(baseCommits === undefined ? {} : { baseCommits }),
  };
}

const failureOf = ({ code, message, suggestion }: NonNullable<LocalTurn['failure']>) => ({
  code,
  message,
  ...(suggestion === undefined ? {} : { suggestion }),
});

export function toThreadRecord(thread: LocalThread): ThreadRecord {
  const [latest] = thread.turns;
  return {
    threadId: thread.threadId,
    name: thread.name,
    metadata: thread.metadata,
    createdAt: new Date(thread.createdAt).toISOString(),
    archived: thread.isClosed,
    ...(latest === undefined ? {} : { latestTurn: toTurnRecord(latest) }),
  };
}

const ERROR_CODES: Readonly<Record<CallError['code'], ProviderError['code']>> = {
  unauthorized: 'unreachable',
  invalid_request: 'invalid_request',
  not_found: 'not_found',
  conflict: 'invalid_request',
  busy: 'busy',
  thread_elsewhere: 'unreachable',
  retiring: 'busy',
  closed: 'archived',
  request_ended: 'request_ended',
  disk_full: 'disk_full',
  stopping: 'busy',
  internal: 'host_failed',
  unreachable: 'unreachable',
  protocol: 'protocol',
};

export const toProviderError = ({ code, message, suggestion }: CallError): ProviderError => ({
  code: ERROR_CODES[code],
  message,
  ...(suggestion === undefined ? {} : { suggestion }),
});

export const toResult = <From, To>(
  result: CallResult<From>,
  convert: (value: From) => To,
): Result<To> =>
  result.ok
    ? { ok: true, value: convert(result.value) }
    : { ok: false, error: toProviderError(result.error) };

/** The outcome of a start. The ids are ours, so a start whose outcome is unknown can be repeated. */
export function toLaunchOutcome(result: CallResult<LocalTurn>): LaunchOutcome {
  if (result.ok) return { kind: 'launched', turn: toTurnRecord(result.value), adopted: false };
  const error = toProviderError(result.error);
  switch (result.error.code) {
    case 'invalid_request':
    case 'conflict':
    case 'closed':
    case 'request_ended':
    case 'not_found':
      return { kind: 'rejected', error };
    case 'busy':
    case 'disk_full':
    case 'retiring':
    case 'stopping':
      return { kind: 'wait', error };
    case 'unauthorized':
    case 'thread_elsewhere':
    case 'internal':
    case 'unreachable':
    case 'protocol':
      return { kind: 'unknown', error };
    default:
      return result.error.code satisfies never;
  }
}
