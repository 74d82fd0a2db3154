import { saysDiskIsFull } from '../../lib/system-error.ts';
import type { HostFailure, TurnEnd } from './harness.ts';

/** Why a request to a provider failed. `isTransient`: the same request may succeed later. */
export type RequestFailure = { readonly failure: HostFailure; readonly isTransient: boolean };

/** Suggestions for failures that Claude Code and Codex have in common. */
export const COMMON_SUGGESTIONS = {
  forbidden: 'Use a key of an account that may use this model.',
  rate_limited: 'Retry the agent later, or let fewer agents run at the same time.',
  overloaded: 'Retry the agent later; its work so far is kept.',
  invalid_model: 'Choose a model that this key may use, or leave the model empty.',
  context_too_long: 'Split the task, or pass less on to this agent.',
  invalid_request: undefined,
  unreachable:
    'Check the network and the address of the provider; the agent can continue where it stopped.',
  protocol: 'Try again; if it persists, update Cerevisor.',
  harness_crashed: undefined,
} as const;

type CodeOfStatus =
  | 'unauthorized'
  | 'usage_limit'
  | 'forbidden'
  | 'invalid_model'
  | 'unreachable'
  | 'context_too_long'
  | 'rate_limited'
  | 'overloaded'
  | 'invalid_request';

const BY_STATUS: Readonly<Record<number, CodeOfStatus>> = {
  401: 'unauthorized',
  402: 'usage_limit',
  403: 'forbidden',
  404: 'invalid_model',
  408: 'unreachable',
  413: 'context_too_long',
  429: 'rate_limited',
};

/** The code for an HTTP status, if the response does not say more. */
export const codeOfStatus = (status: number): CodeOfStatus =>
  BY_STATUS[status] ?? (status >= 500 ? 'overloaded' : 'invalid_request');

/** A failure with a suggestion, if there is one. */
export const failureWith = (
  code: string,
  message: string,
  suggestion: string | undefined,
): HostFailure => ({ code, message, ...(suggestion === undefined ? {} : { suggestion }) });

/** Nothing was found at an address, but probably is at a `better` one. */
export const apiMissing = (url: string, better: string): HostFailure =>
  failureWith(
    'invalid_request',
    `The provider does not offer its API at ${url} (HTTP 404).`,
    `Change the address of this provider to ${better} in Settings > Providers, or with \`cerevisor providers set\`.`,
  );

export const diskFull: HostFailure = {
  code: 'disk_full',
  message:
    'The disk of this machine is full, so the agent cannot store its conversation or its files.',
  suggestion: 'Free some space, then retry the agent.',
};

/** Failures whose messages come from a program on this machine. Others may quote the disk of a server. */
const OF_THIS_MACHINE: ReadonlySet<string> = new Set([
  'harness_crashed',
  'host_died',
  'host_failed',
  'host_not_ready',
  'protocol',
  'unreachable',
]);

/**
 * The end of a turn, with the reason in plain words if the disk is full. It is not resumed automatically then: each of the
 * next turns would fail in the same way.
 */
export function withFullDisk(end: TurnEnd): TurnEnd {
  const { status, failure } = end;
  const isFull =
    (status === 'ERROR' || status === 'INTERRUPTED') &&
    failure !== undefined &&
    OF_THIS_MACHINE.has(failure.code) &&
    saysDiskIsFull(failure.message);
  return isFull ? { ...end, status: 'ERROR', failure: diskFull } : end;
}
