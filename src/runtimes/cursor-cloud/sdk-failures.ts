import type { ProviderError } from '../provider-error.ts';
import {
  type CallFailure,
  callFailure,
  failureFromErrorResponse,
  failureFromNetwork,
} from './errors.ts';
import type { HostFailure } from './sdk-host/client.ts';
import type { Thrown } from './sdk-host/protocol.ts';

/** Converts a failure of the SDK host. `neverSent` is true only if that is certain. */
export function failureFromHost(failure: HostFailure, now: number): CallFailure {
  switch (failure.kind) {
    case 'thrown':
      return failureFromSdk(failure.thrown, now);
    case 'deadline':
      return callFailure(
        'unreachable',
        `Cursor did not respond within ${Math.round(failure.deadlineMs / 1000)} s.`,
      );
    case 'died':
      return callFailure(
        'host_failed',
        'The helper process for the Cursor SDK ended during the call.',
      );
    case 'refused': {
      const refused = callFailure('host_failed', failure.reason, true);
      const error: ProviderError = { ...refused.error, retryAfterMs: failure.retryAfterMs };
      return { ...refused, error };
    }
    case 'paused': {
      const paused = callFailure('rate_limited', failure.reason, true);
      return { ...paused, error: { ...paused.error, retryAfterMs: failure.retryAfterMs } };
    }
    case 'unreadable':
      return callFailure(
        'protocol',
        `The Cursor SDK returned an unexpected result: ${failure.detail}`,
      );
    default:
      return failure satisfies never;
  }
}

function failureFromSdk(thrown: Thrown, now: number): CallFailure {
  if (thrown.status === undefined && thrown.name === 'NetworkError') {
    const failure = failureFromNetwork(thrown.causes, thrown.endpoint ?? 'the request');
    return isReadRequest(thrown) ? { ...failure, neverSent: true } : failure;
  }
  if (thrown.status === undefined && thrown.endpoint === undefined && isRejectedBySdk(thrown)) {
    const failure = failureFromErrorResponse(errorResponseOf({ ...thrown, status: 400 }), now);
    return { ...failure, neverSent: true };
  }
  if (thrown.status === undefined) {
    return callFailure('protocol', `The Cursor SDK failed: ${thrown.message}`);
  }
  if (isHtmlPage(thrown)) {
    const message = `Something between this machine and Cursor responded with its own page (HTTP ${thrown.status}).`;
    const failure = callFailure('unreachable', message, isReadRequest(thrown));
    return { ...failure, status: thrown.status };
  }
  const failure = failureFromErrorResponse(errorResponseOf(thrown), now);
  return isReadRequest(thrown) ? { ...failure, neverSent: true } : failure;
}

function errorResponseOf(thrown: Thrown) {
  // The SDK formats messages as `[code] message`, with "unknown" if the body has no code.
  const wireCode = thrown.code === 'unknown' ? undefined : thrown.code;
  return {
    ...(thrown.status === undefined ? {} : { status: thrown.status }),
    ...(wireCode === undefined ? {} : { wireCode }),
    message: thrown.message.replace(/^\[[^\]]*\]\s*/, ''),
    ...(thrown.helpUrl === undefined ? {} : { helpUrl: thrown.helpUrl }),
    ...(thrown.retryAfter === undefined ? {} : { retryAfter: thrown.retryAfter }),
  };
}

/** A GET, such as the check of the model, creates nothing. */
const isReadRequest = (thrown: Thrown): boolean => thrown.endpoint?.startsWith('GET ') === true;

/** The SDK validates options and the model's name itself; such errors have no status or endpoint. */
const isRejectedBySdk = (thrown: Thrown): boolean => thrown.name === 'ConfigurationError';

const isHtmlPage = (thrown: Thrown): boolean =>
  thrown.code === 'unknown' && /^(\[unknown\])?\s*</.test(thrown.message) && thrown.status !== 429;
