import { addressWithVersion } from '../../../../lib/api-address.ts';
import { type Fields, fieldsOf } from '../../../../lib/fields.ts';
import { apiMissing, failureWith, type RequestFailure } from '../../failures.ts';
import type { HostFailure } from '../../harness.ts';

export type ModelFailure = RequestFailure & {
  /** How long the service asked us to wait. */
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

const CONTEXT_WORDS =
  /context.{0,20}(length|window|size|limit)|maximum context|too many (input )?tokens|prompt is too long|input is too long|context_length_exceeded|exceeds? the (available|maximum|model).{0,30}(context|tokens)|request (is )?too large/i;
const CREDIT_WORDS =
  /insufficient_quota|insufficient (credit|funds|balance|quota)|credit balance|exceeded your current quota|billing|payment required|spend(ing)? limit|out of credits/i;
const MODEL_WORDS =
  /model_not_found|unknown model|(invalid|unsupported) model|model.{0,100}(not (found|exist|available|supported|loaded|a valid)|does ?n.t exist|no longer)|no such model/i;
const TOOL_WORDS =
  /does not support (tools|function)|tools? (is|are) not supported|tool use is not/i;
const OVERLOAD_WORDS = /overloaded|capacity|temporarily unavailable|server is busy/i;

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

type Known = {
  readonly status?: number;
  /** That was asked. */
  readonly url?: string;
  readonly words: string;
  readonly retryAfterMs?: number | undefined;
};

/** What is known of an error of a request to a model. `hasBegun`: a part of the answer had come. */
export function failureOf(error: unknown, hasBegun: boolean): ModelFailure {
  const known = knownOf(error);
  const misplaced = withoutVersion(known);
  if (misplaced !== null) return { failure: misplaced, isTransient: false };
  const code = codeOf(known, hasBegun);
  const { retryAfterMs } = known;
  return {
    failure: failureWith(code, describe(code, known), SUGGESTIONS[code]),
    isTransient: TRANSIENT.has(code),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

const ENDPOINT = /\/(chat\/completions|messages)\/?$/;

/** Nothing is there, and the address names no version: trying again would not help. */
function withoutVersion({ status, url, words }: Known): HostFailure | null {
  if (status !== 404 || url === undefined || /model/i.test(words)) return null;
  const better = addressWithVersion(url.replace(ENDPOINT, ''));
  return better === null ? null : apiMissing(url, better);
}

function knownOf(error: unknown): Known {
  const { statusCode, url, responseBody, responseHeaders, message, cause } = fieldsOf(error);
  const inBody = typeof responseBody === 'string' ? messageIn(responseBody) : null;
  const own =
    inBody ?? messageIn(JSON.stringify(fieldsOf(error))) ?? textOf(message) ?? String(error);
  const reason = textOf(fieldsOf(cause).message) ?? textOf(fieldsOf(cause).code);
  return {
    ...(typeof statusCode === 'number' ? { status: statusCode } : {}),
    ...(typeof url === 'string' ? { url } : {}),
    words: inBody === null && reason !== undefined ? `${own} (${reason})` : own,
    retryAfterMs: retryAfterIn(fieldsOf(responseHeaders)),
  };
}

function codeOf({ status, words }: Known, hasBegun: boolean): FailureCode {
  if (CREDIT_WORDS.test(words) && status !== 401) return 'usage_limit';
  if (CONTEXT_WORDS.test(words) && status !== 429) return 'context_too_long';
  switch (status) {
    case 401:
      return 'unauthorized';
    case 402:
      return 'usage_limit';
    case 403:
      return MODEL_WORDS.test(words) ? 'invalid_model' : 'forbidden';
    case 413:
      return 'context_too_long';
    case 429:
      return 'rate_limited';
    case 404:
      return MODEL_WORDS.test(words) || /model/i.test(words) ? 'invalid_model' : 'unreachable';
    default:
      break;
  }
  if (status !== undefined && status >= 500) return 'overloaded';
  if (status !== undefined && status >= 400)
    return MODEL_WORDS.test(words) || TOOL_WORDS.test(words) ? 'invalid_model' : 'invalid_request';
  return inStream(words, hasBegun);
}

/** Errors without a status: the connection, or an error event in an answer that had begun with 200. */
function inStream(words: string, hasBegun: boolean): FailureCode {
  if (/rate.?limit|too many requests/i.test(words)) return 'rate_limited';
  if (OVERLOAD_WORDS.test(words)) return 'overloaded';
  if (/authentication|invalid.{0,10}api.?key|unauthorized/i.test(words)) return 'unauthorized';
  if (MODEL_WORDS.test(words)) return 'invalid_model';
  return hasBegun ? 'stream_cut' : 'unreachable';
}

function describe(code: FailureCode, { status, words }: Known): string {
  const said = shorten(words);
  const answer = status === undefined ? said : `${said} (HTTP ${status})`;
  switch (code) {
    case 'unauthorized':
      return `The provider does not accept the key: ${answer}`;
    case 'usage_limit':
      return `The account has no credit left, or its limit is reached: ${answer}`;
    case 'stream_cut':
      return `The answer of the model was cut off: ${answer}`;
    case 'unreachable':
      return `The provider cannot be reached: ${answer}`;
    case 'overloaded':
      return `The provider is overloaded or has a problem: ${answer}`;
    case 'rate_limited':
      return `The provider's rate limit is reached: ${answer}`;
    case 'context_too_long':
      return `The conversation is too long for the model: ${answer}`;
    case 'invalid_model':
      return `The provider rejected the model: ${answer}`;
    default:
      return `The provider rejected the request: ${answer}`;
  }
}

/** The explanation in an error of any of the services: `{error: {message, type, code}}`, `{error: "…"}`, `{message}`. */
function messageIn(body: string): string | null {
  try {
    const whole = fieldsOf(JSON.parse(body));
    const error = whole.error ?? whole;
    const { message, type, code } = fieldsOf(error);
    const words = typeof error === 'string' ? error : (textOf(message) ?? textOf(whole.detail));
    if (words === undefined) return null;
    const kinds = [type, code].filter((kind) => typeof kind === 'string' && !words.includes(kind));
    return kinds.length === 0 ? words : `${words} [${kinds.join(', ')}]`;
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

function shorten(words: string): string {
  const line = words.trim().replace(/\s+/g, ' ');
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
