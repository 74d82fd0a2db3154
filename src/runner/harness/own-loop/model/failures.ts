import { addressWithVersion } from '../../../../lib/api-address.ts';
import { type Fields, fieldsOf } from '../../../../lib/fields.ts';
import { apiMissing, failureWith, type RequestFailure } from '../../failures.ts';
import type { HostFailure } from '../../harness.ts';

export type ModelFailure = RequestFailure & {
  /** The delay that the provider asked for. */
  readonly retryAfterMs?: number | undefined;
};

type FailureCode =
  | 'unauthorized'
  | 'forbidden'
  | 'usage_limit'
  | 'rate_limited'
  | 'overloaded'
  | 'invalid_model'
  | 'invalid_request'
  | 'context_too_long'
  | 'stream_cut'
  | 'unreachable';

const MAX_MESSAGE_LENGTH = 500;

const CONTEXT_PATTERN =
  /context.{0,20}(length|window|size|limit)|maximum context|too many (input )?tokens|prompt is too long|input is too long|context_length_exceeded|exceeds? the (available|maximum|model).{0,30}(context|tokens)|request (is )?too large/i;
const CREDIT_PATTERN =
  /insufficient_quota|insufficient (credit|funds|balance|quota)|credit balance|exceeded your current quota|billing|payment required|spend(ing)? limit|out of credits/i;
const MODEL_PATTERN =
  /model_not_found|unknown model|(invalid|unsupported) model|model.{0,100}(not (found|exist|available|supported|loaded|a valid)|does ?n.t exist|no longer)|no such model/i;
const TOOL_PATTERN =
  /does not support (tools|function)|tools? (is|are) not supported|tool use is not/i;
const OVERLOAD_PATTERN = /overloaded|capacity|temporarily unavailable|server is busy/i;

const SUGGESTIONS: Partial<Record<FailureCode, string>> = {
  unauthorized: 'Check the key of this provider in Settings > Providers.',
  forbidden: "Check the permissions of this provider's key.",
  usage_limit: 'Add credit or raise the limit in your account at the provider.',
  rate_limited: 'Wait a moment, or run fewer agents at once.',
  overloaded: 'Wait a moment; the agent can continue where it stopped.',
  invalid_model: 'Choose a model that your key can use and that supports tool calls.',
  context_too_long: 'Give the agent a smaller task, or choose a model with a larger context.',
  stream_cut: 'Check the network; the agent can continue where it stopped.',
  unreachable: "Check that the provider's address is correct and its server is running.",
};

const TRANSIENT: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'rate_limited',
  'overloaded',
  'stream_cut',
  'unreachable',
]);

type ErrorDetails = {
  readonly status?: number;
  /** The URL of the request. */
  readonly url?: string;
  readonly text: string;
  readonly retryAfterMs?: number | undefined;
};

/** The failure for an error of a model request. `hasBegun`: part of the answer had arrived. */
export function failureOf(
  error: unknown,
  { hasBegun }: { readonly hasBegun: boolean },
): ModelFailure {
  const details = detailsOf(error);
  const misplaced = withoutVersion(details);
  if (misplaced !== null) return { failure: misplaced, isTransient: false };
  const code = codeOf(details, hasBegun);
  const { retryAfterMs } = details;
  return {
    failure: failureWith(code, messageFor(code, details), SUGGESTIONS[code]),
    isTransient: TRANSIENT.has(code),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

const ENDPOINT = /\/(chat\/completions|messages)\/?$/;

/** Nothing is there, and the address names no version: trying again would not help. */
function withoutVersion({ status, url, text }: ErrorDetails): HostFailure | null {
  if (status !== 404 || url === undefined || /model/i.test(text)) return null;
  const better = addressWithVersion(url.replace(ENDPOINT, ''));
  return better === null ? null : apiMissing(url, better);
}

function detailsOf(error: unknown): ErrorDetails {
  const { statusCode, url, responseBody, responseHeaders, message, cause } = fieldsOf(error);
  const inBody = typeof responseBody === 'string' ? messageIn(responseBody) : null;
  const own =
    inBody ?? messageIn(JSON.stringify(fieldsOf(error))) ?? textOf(message) ?? String(error);
  const reason = textOf(fieldsOf(cause).message) ?? textOf(fieldsOf(cause).code);
  return {
    ...(typeof statusCode === 'number' ? { status: statusCode } : {}),
    ...(typeof url === 'string' ? { url } : {}),
    text: inBody === null && reason !== undefined ? `${own} (${reason})` : own,
    retryAfterMs: retryAfterIn(fieldsOf(responseHeaders)),
  };
}

function codeOf({ status, text }: ErrorDetails, hasBegun: boolean): FailureCode {
  if (CREDIT_PATTERN.test(text) && status !== 401) return 'usage_limit';
  if (CONTEXT_PATTERN.test(text) && status !== 429) return 'context_too_long';
  switch (status) {
    case 401:
      return 'unauthorized';
    case 402:
      return 'usage_limit';
    case 403:
      return MODEL_PATTERN.test(text) ? 'invalid_model' : 'forbidden';
    case 413:
      return 'context_too_long';
    case 429:
      return 'rate_limited';
    case 404:
      return MODEL_PATTERN.test(text) || /model/i.test(text) ? 'invalid_model' : 'unreachable';
    default:
      break;
  }
  if (status !== undefined && status >= 500) return 'overloaded';
  if (status !== undefined && status >= 400)
    return MODEL_PATTERN.test(text) || TOOL_PATTERN.test(text)
      ? 'invalid_model'
      : 'invalid_request';
  return codeWithoutStatus(text, hasBegun);
}

/** Errors without a status: of the connection, or error events in a response with status 200. */
function codeWithoutStatus(text: string, hasBegun: boolean): FailureCode {
  if (/rate.?limit|too many requests/i.test(text)) return 'rate_limited';
  if (OVERLOAD_PATTERN.test(text)) return 'overloaded';
  if (/authentication|invalid.{0,10}api.?key|unauthorized/i.test(text)) return 'unauthorized';
  if (MODEL_PATTERN.test(text)) return 'invalid_model';
  return hasBegun ? 'stream_cut' : 'unreachable';
}

function messageFor(code: FailureCode, { status, text }: ErrorDetails): string {
  const shortText = shorten(text);
  const withStatus = status === undefined ? shortText : `${shortText} (HTTP ${status})`;
  switch (code) {
    case 'unauthorized':
      return `The provider does not accept the key: ${withStatus}`;
    case 'usage_limit':
      return `The account has no credit left, or its limit is reached: ${withStatus}`;
    case 'stream_cut':
      return `The answer of the model was cut off: ${withStatus}`;
    case 'unreachable':
      return `The provider cannot be reached: ${withStatus}`;
    case 'overloaded':
      return `The provider is overloaded or has a problem: ${withStatus}`;
    case 'rate_limited':
      return `The provider's rate limit is reached: ${withStatus}`;
    case 'context_too_long':
      return `The conversation is too long for the model: ${withStatus}`;
    case 'invalid_model':
      return `The provider rejected the model: ${withStatus}`;
    default:
      return `The provider rejected the request: ${withStatus}`;
  }
}

/** The message in an error body of any provider: `{error: {message, type, code}}`, `{error: "…"}`, `{message}`. */
function messageIn(body: string): string | null {
  try {
    const parsedBody = fieldsOf(JSON.parse(body));
    const error = parsedBody.error ?? parsedBody;
    const { message, type, code } = fieldsOf(error);
    const text = typeof error === 'string' ? error : (textOf(message) ?? textOf(parsedBody.detail));
    if (text === undefined) return null;
    const kinds = [type, code].filter((kind) => typeof kind === 'string' && !text.includes(kind));
    return kinds.length === 0 ? text : `${text} [${kinds.join(', ')}]`;
  } catch {
    return body.trim().startsWith('<') || body.trim() === '' ? null : body;
  }
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date. */
function retryAfterIn(headers: Fields): number | undefined {
  const ms = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const text = headers['retry-after'];
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
