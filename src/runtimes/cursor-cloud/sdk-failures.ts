import type { ProviderError } from '../provider-error.ts';
import { type CallFailure, failureFromNetwork, failureFromRefusal, ownFailure } from './errors.ts';
import type { HostFailure } from './sdk-host/client.ts';
import type { Thrown } from './sdk-host/protocol.ts';

/** What a failed call of the SDK host means. Total; whatever is not certain says so in `neverSent: false`. */
export function failureFromHost(failure: HostFailure, now: number): CallFailure {
  switch (failure.kind) {
    case 'thrown':
      return failureFromSdk(failure.thrown, now);
    case 'deadline':
      return ownFailure(
        'unreachable',
        `Cursor did not respond within ${Math.round(failure.deadlineMs / 1000)} s.`,
      );
    case 'died':
      return ownFailure(
        'host_failed',
        'The helper process for the Cursor SDK ended during the call.',
      );
    case 'refused': {
      const refused = ownFailure('host_failed', failure.reason, true);
      const error: ProviderError = { ...refused.error, retryAfterMs: failure.retryAfterMs };
      return { ...refused, error };
    }
    case 'paused': {
      const paused = ownFailure('rate_limited', failure.reason, true);
      return { ...paused, error: { ...paused.error, retryAfterMs: failure.retryAfterMs } };
    }
    case 'unreadable':
      return ownFailure(
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
    return isBeforeCreation(thrown) ? { ...failure, neverSent: true } : failure;
  }
  if (thrown.status === undefined && thrown.endpoint === undefined && isRefusedByTheSdk(thrown)) {
    const failure = failureFromRefusal(refusalOf({ ...thrown, status: 400 }), now);
    return { ...failure, neverSent: true };
  }
  if (thrown.status === undefined) {
    return ownFailure('protocol', `The Cursor SDK failed: ${thrown.message}`);
  }
  if (looksLikePage(thrown)) {
    const message = `Something between this machine and Cursor responded with its own page (HTTP ${thrown.status}).`;
    const failure = ownFailure('unreachable', message, isBeforeCreation(thrown));
    return { ...failure, status: thrown.status };
  }
  const failure = failureFromRefusal(refusalOf(thrown), now);
  return isBeforeCreation(thrown) ? { ...failure, neverSent: true } : failure;
}

function refusalOf(thrown: Thrown) {
  // The SDK says `[code] message`, and "unknown" where the body named no code.
  const wireCode = thrown.code === 'unknown' ? undefined : thrown.code;
  return {
    ...(thrown.status === undefined ? {} : { status: thrown.status }),
    ...(wireCode === undefined ? {} : { wireCode }),
    message: thrown.message.replace(/^\[[^\]]*\]\s*/, ''),
    ...(thrown.helpUrl === undefined ? {} : { helpUrl: thrown.helpUrl }),
    ...(thrown.retryAfter === undefined ? {} : { retryAfter: thrown.retryAfter }),
  };
}

/** Anything but a POST asks before it creates: the model check is a GET. */
const isBeforeCreation = (thrown: Thrown): boolean => thrown.endpoint?.startsWith('GET ') === true;

/** The SDK checks options and the model's name itself, without a status or an endpoint. */
const isRefusedByTheSdk = (thrown: Thrown): boolean => thrown.name === 'ConfigurationError';

const looksLikePage = (thrown: Thrown): boolean =>
  thrown.code === 'unknown' && /^(\[unknown\])?\s*</.test(thrown.message) && thrown.status !== 429;
