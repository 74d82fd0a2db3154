import { z } from 'zod';
import { parseJson } from '../../lib/json.ts';
import type { ProviderError, ProviderErrorCode } from '../provider-error.ts';
import { classify, suggestionFor } from './error-codes.ts';

/**
 * A failed call, with what the adapter needs to decide how to continue: Cursor's own code and status, and whether the
 * request may have reached Cursor.
 */
export type CallFailure = {
  readonly error: ProviderError;
  readonly wireCode?: string;
  readonly status?: number;
  /** True only if it is certain that the request did not reach Cursor. */
  readonly neverSent: boolean;
};

/** What is known about an error response. Every field may be missing. */
export type ErrorResponse = {
  readonly status?: number;
  readonly wireCode?: string;
  readonly message?: string;
  readonly helpUrl?: string;
  readonly retryAfter?: string;
};

const MAX_MESSAGE_LENGTH = 500;
const text = z.string().min(1).optional().catch(undefined);
const detailsSchema = z.object({ code: text, message: text, helpUrl: text });
const nestedSchema = z.object({ error: detailsSchema });
const flatSchema = detailsSchema.extend({ error: text });

/** Parses Cursor's error body, which may be nested, flat, empty, or not from Cursor's API (a proxy's HTML page). */
function parseErrorBody(body: string): Omit<ErrorResponse, 'status'> & { isNotFromApi: boolean } {
  const trimmed = body.trim();
  if (trimmed === '') return { isNotFromApi: false };
  const json = parseJson(trimmed);
  const nestedBody = nestedSchema.safeParse(json);
  if (nestedBody.success) return { ...defined(nestedBody.data.error), isNotFromApi: false };
  const flatBody = flatSchema.safeParse(json);
  if (!flatBody.success) return { isNotFromApi: true };
  const { error, ...rest } = flatBody.data;
  return { ...defined({ ...rest, message: rest.message ?? error }), isNotFromApi: false };
}

function defined(fields: z.infer<typeof detailsSchema>): Omit<ErrorResponse, 'status'> {
  return {
    ...(fields.code === undefined ? {} : { wireCode: fields.code }),
    ...(fields.message === undefined ? {} : { message: fields.message }),
    ...(fields.helpUrl === undefined ? {} : { helpUrl: fields.helpUrl }),
  };
}

/** The failure for an HTTP response. A page of a captive portal or proxy says nothing about the request. */
export function failureFromResponse(
  response: { status: number; body: string; retryAfter?: string | undefined },
  now: number,
): CallFailure {
  const { isNotFromApi, ...content } = parseErrorBody(response.body);
  const errorResponse = {
    status: response.status,
    ...content,
    ...(response.retryAfter === undefined ? {} : { retryAfter: response.retryAfter }),
  };
  if (isNotFromApi && response.status !== 429) return nonApiResponse(response.status);
  return failureFromErrorResponse(errorResponse, now);
}

export function failureFromErrorResponse(response: ErrorResponse, now: number): CallFailure {
  const code = refine(classify(response.status, response.wireCode), response);
  const retryAfterMs = parseRetryAfter(response.retryAfter, now);
  const helpUrl = safeHelpUrl(response.helpUrl);
  const suggestion = specificSuggestion(code, response) ?? suggestionFor(code);
  return {
    error: {
      code,
      message: describe(code, response),
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(helpUrl === undefined ? {} : { helpUrl }),
    },
    ...(response.wireCode === undefined ? {} : { wireCode: response.wireCode }),
    ...(response.status === undefined ? {} : { status: response.status }),
    neverSent: false,
  };
}

/** Creates an error with the standard suggestion for its code. */
export function providerError(code: ProviderErrorCode, message: string): ProviderError {
  const suggestion = suggestionFor(code);
  return { code, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

export const callFailure = (
  code: ProviderErrorCode,
  message: string,
  neverSent = false,
): CallFailure => ({ error: providerError(code, message), neverSent });

function nonApiResponse(status: number): CallFailure {
  const failure = callFailure(
    'unreachable',
    `Something between this machine and Cursor responded with its own page (HTTP ${status}).`,
  );
  return { ...failure, status };
}

/** Cursor reports some problems as `validation_error`; only the message tells which one it is. */
function refine(code: ProviderErrorCode, response: ErrorResponse): ProviderErrorCode {
  if (code !== 'invalid_request') return code;
  const message = response.message ?? '';
  if (/^model\b.*not available or invalid/i.test(message)) return 'invalid_model';
  if (/NO_USER_CREDENTIALS/.test(message)) return 'integration_not_connected';
  if (/\bbranch\b.*(not (be )?(found|exist|verified)|does not exist|invalid)/i.test(message)) {
    return 'repository_unavailable';
  }
  return code;
}

function specificSuggestion(code: ProviderErrorCode, response: ErrorResponse): string | undefined {
  const message = response.message ?? '';
  if (/environment/i.test(message) && code !== 'forbidden') {
    return "Set up the repository's environment once at cursor.com/dashboard (Cloud Agents, Environments); then run it again.";
  }
  if (/startingRef|\bref\b|\bsha\b/i.test(message) && code === 'invalid_request') {
    return 'Cursor may reject a commit id as a starting point: use the name of a branch that contains it.';
  }
  return undefined;
}

function describe(code: ProviderErrorCode, response: ErrorResponse): string {
  const providerMessage = response.message?.replace(/^\[[a-z_]+\]\s*/, '').trim();
  if (providerMessage !== undefined && providerMessage !== '')
    return providerMessage.slice(0, MAX_MESSAGE_LENGTH);
  const status = response.status === undefined ? '' : ` (HTTP ${response.status})`;
  return `Cursor responded with "${response.wireCode ?? code}" without an explanation${status}.`;
}

/** Parses seconds or an HTTP date; invalid and negative values count as absent. Limited to one hour. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const milliseconds = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return undefined;
  return Math.min(milliseconds, 3_600_000);
}

function safeHelpUrl(value: string | undefined): string | undefined {
  if (value === undefined || !URL.canParse(value)) return undefined;
  return new URL(value).protocol === 'https:' ? value : undefined;
}

/** Codes of failures that happen before the request is sent. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Problems of the connection that users can fix. The request was not sent. */
const CERTIFICATE_CODE = /CERT|_TLS|SELF_SIGNED|UNABLE_TO_VERIFY/;
const PROXY_RESPONSE = 'PROXY_ANSWERED_';

function connectionProblem(
  causes: readonly string[],
): readonly [subject: string, advice: string] | null {
  const response = causes
    .find((code) => code.startsWith(PROXY_RESPONSE))
    ?.slice(PROXY_RESPONSE.length);
  if (response !== undefined) {
    return [
      `The proxy did not allow the connection to Cursor (HTTP ${response}).`,
      response === '407'
        ? 'It requires a user name and a password: add them to HTTPS_PROXY (http://name:password@proxy.example:3128) and restart Cerevisor.'
        : 'Ask the administrator of the proxy to allow the address, or add it to NO_PROXY.',
    ];
  }
  const certificate = causes.find((code) => CERTIFICATE_CODE.test(code));
  if (certificate === undefined) return null;
  return [
    `The certificate for Cursor's address is not trusted (${certificate}).`,
    'If your company inspects TLS connections, set NODE_EXTRA_CA_CERTS to the file with its certificate and restart Cerevisor.',
  ];
}

/** The failure for a thrown network error, from the codes along its chain of causes. */
export function failureFromNetwork(causes: readonly string[], subject: string): CallFailure {
  const problem = connectionProblem(causes);
  if (problem !== null) {
    const [message, suggestion] = problem;
    return { error: { code: 'unreachable', message, suggestion }, neverSent: true };
  }
  const neverSent = causes.some((code) => NEVER_SENT.has(code));
  const reason = causes.length === 0 ? '' : ` (${causes.join(', ')})`;
  const message = neverSent
    ? `Cursor cannot be reached${reason}.`
    : `The connection to Cursor was lost before the response to ${subject} arrived${reason}.`;
  return callFailure('unreachable', message, neverSent);
}

/** The `code`s of an error and of its causes, outermost first. */
export function causeCodes(thrown: unknown): string[] {
  const codes: string[] = [];
  let current: unknown = thrown;
  for (let depth = 0; depth < 6 && current instanceof Error; depth += 1) {
    if ('code' in current && typeof current.code === 'string') codes.push(current.code);
    // undici reports the response of a proxy only in the message.
    const proxyResponse = /^Proxy response \((\d+)\)/.exec(current.message);
    if (proxyResponse !== null) codes.push(`${PROXY_RESPONSE}${proxyResponse[1]}`);
    if (current instanceof AggregateError) current = current.errors[0];
    else current = current.cause;
  }
  return codes;
}
