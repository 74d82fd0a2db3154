import { COMMON_SUGGESTIONS, codeOfStatus, failureWith, type RequestFailure } from '../failures.ts';
import type { HostFailure } from '../harness.ts';

const SUGGESTIONS = {
  ...COMMON_SUGGESTIONS,
  unauthorized:
    'Set a valid Anthropic API key (Settings > Providers, or `cerevisor auth set anthropic`). You can create keys at console.anthropic.com.',
  usage_limit:
    'Add credit to the account at console.anthropic.com, Plans & Billing; then retry the agent.',
  harness_missing: 'Open Settings, Providers, and let Cerevisor fetch Claude Code again.',
} as const;
type Code = keyof typeof SUGGESTIONS;

const TRANSIENT: ReadonlySet<Code> = new Set<Code>(['rate_limited', 'overloaded', 'unreachable']);

/** By the error codes of the SDK (`SDKAssistantMessageError`). */
const BY_ERROR_CODE: Readonly<Record<string, Code>> = {
  authentication_failed: 'unauthorized',
  oauth_org_not_allowed: 'unauthorized',
  verification_required: 'unauthorized',
  cloud_credential_error: 'unauthorized',
  account_on_hold: 'forbidden',
  billing_error: 'usage_limit',
  rate_limit: 'rate_limited',
  overloaded: 'overloaded',
  model_not_found: 'invalid_model',
  invalid_request: 'invalid_request',
};

/** What Claude Code reports about a failed request. */
export type RequestError = {
  /** HTTP status; null without a response. */
  readonly status: number | null;
  readonly errorCode: string | undefined;
  readonly reason: string | undefined;
  readonly text: string;
};

export function failureOf({ status, errorCode, reason, text }: RequestError): RequestFailure {
  const code = codeOf(status, errorCode, reason, text);
  return { failure: failureFor(code, messageFor(code, text)), isTransient: TRANSIENT.has(code) };
}

/** A failure with the suggestion for its code. */
export const failureFor = (code: Code, message: string): HostFailure =>
  failureWith(code, message, SUGGESTIONS[code]);

function codeOf(
  status: number | null,
  errorCode: string | undefined,
  reason: string | undefined,
  text: string,
): Code {
  if (reason === 'prompt_too_long' || /prompt is too long|context (window|length)/i.test(text)) {
    return 'context_too_long';
  }
  // An account limit is reported as a rejected request or as a rate limit.
  if (/usage limit|spend(ing)? limit|credit balance/i.test(text)) return 'usage_limit';
  if (status === 403) return 'forbidden';
  const byErrorCode = errorCode === undefined ? undefined : BY_ERROR_CODE[errorCode];
  if (byErrorCode !== undefined) return status === 413 ? 'context_too_long' : byErrorCode;
  // No response, or an error of the service itself.
  return status === null ? 'unreachable' : codeOfStatus(status);
}

const MAX_LENGTH = 1_000;

function messageFor(code: Code, text: string): string {
  const cleaned = text
    .replace(/ (This is a server-side issue|If it persists, check your inference gateway).*$/s, '')
    .replace(/ Check the gateway set in .*$/s, '')
    .replace(/ · Fix external API key$/, '')
    .trim()
    .slice(0, MAX_LENGTH);
  if (code === 'unreachable') {
    return cleaned === ''
      ? 'The connection to the model was lost.'
      : `The connection to the model was lost: ${cleaned}`;
  }
  return cleaned === '' ? `The provider responded with "${code}" without an explanation.` : cleaned;
}

/** The failure of a turn whose program exited. */
export const crashed = (how: string, stderr: string): HostFailure =>
  failureFor(
    'harness_crashed',
    `Claude Code ${how}.${stderr === '' ? '' : ` Last output: ${stderr.split('\n').at(-1)?.slice(0, MAX_LENGTH)}`}`,
  );
