import type { ProviderError, Result } from '../provider-error.ts';
import type { ThreadRecord, TurnRecord } from '../turn-records.ts';
import type { LaunchOutcome } from '../turn-requests.ts';
import type { LocalThread, LocalTurn } from './protocol.ts';
import type { CallAnswer, CallError } from './socket-calls.ts';

/** A turn of the runner as the engine knows turns. */
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

const CODES: Readonly<Record<CallError['code'], ProviderError['code']>> = {
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
  code: CODES[code],
  message,
  ...(suggestion === undefined ? {} : { suggestion }),
});

export const toAnswer = <From, To>(
  answer: CallAnswer<From>,
  to: (value: From) => To,
): Result<To> =>
  answer.ok
    ? { ok: true, value: to(answer.value) }
    : { ok: false, error: toProviderError(answer.error) };

/** What a start came to. The ids are ours, so whatever is not certain can simply be asked for again. */
export function toLaunchOutcome(answer: CallAnswer<LocalTurn>): LaunchOutcome {
  if (answer.ok) return { kind: 'launched', turn: toTurnRecord(answer.value), adopted: false };
  const error = toProviderError(answer.error);
  switch (answer.error.code) {
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
      return answer.error.code satisfies never;
  }
}
