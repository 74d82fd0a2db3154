import { z } from 'zod';
import { parseJson } from '../../lib/json.ts';
import type { ProviderError, ProviderErrorCode } from '../provider-error.ts';
import { classify, suggestionFor } from './error-codes.ts';

/**
 * A failed call, with what the layers below the port need to decide: Cursor's own code and status, and
 * whether the request can have reached Cursor at all.
 */
export type CallFailure = {
  readonly error: ProviderError;
  readonly wireCode?: string;
  readonly status?: number;
  /** True only when it is certain that Cursor never saw the request. */
  readonly neverSent: boolean;
};

/** What is known about an answer that says no. Everything may be missing but the meaning is always found. */
export type Refusal = {
  readonly status?: number;
  readonly wireCode?: string;
  readonly message?: string;
  readonly helpUrl?: string;
  readonly retryAfter?: string;
};

const MAX_MESSAGE_LENGTH = 500;
const text = z.string().min(1).optional().catch(undefined);
const details = z.object({ code: text, message: text, helpUrl: text });
const nested = z.object({ error: details });
const flat = details.extend({ error: text });

/** Reads Cursor's error body: nested, flat, empty, or not Cursor's at all (a proxy's HTML page). */
function parseErrorBody(body: string): Omit<Refusal, 'status'> & { isForeign: boolean } {
  const trimmed = body.trim();
  if (trimmed === '') return { isForeign: false };
  const json = parseJson(trimmed);
  const nestedBody = nested.safeParse(json);
  if (nestedBody.success) return { ...defined(nestedBody.data.error), isForeign: false };
  const flatBody = flat.safeParse(json);
  if (!flatBody.success) return { isForeign: true };
  const { error, ...rest } = flatBody.data;
  return { ...defined({ ...rest, message: rest.message ?? error }), isForeign: false };
}

function defined(fields: z.infer<typeof details>): Omit<Refusal, 'status'> {
  return {
    ...(fields.code === undefined ? {} : { wireCode: fields.code }),
    ...(fields.message === undefined ? {} : { message: fields.message }),
    ...(fields.helpUrl === undefined ? {} : { helpUrl: fields.helpUrl }),
  };
}

/** The failure behind an HTTP answer. A page that is not the API's (captive portal, proxy) proves nothing. */
export function failureFromAnswer(
  answer: { status: number; body: string; retryAfter?: string | undefined },
  now: number,
): CallFailure {
  const { isForeign, ...refusal } = parseErrorBody(answer.body);
  const known = {
    status: answer.status,
    ...refusal,
    ...(answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter }),
  };
  if (isForeign && answer.status !== 429) return foreignAnswer(answer.status);
  return failureFromRefusal(known, now);
}

export function failureFromRefusal(refusal: Refusal, now: number): CallFailure {
  const code = refine(classify(refusal.status, refusal.wireCode), refusal);
  const retryAfterMs = parseRetryAfter(refusal.retryAfter, now);
  const helpUrl = safeHelpUrl(refusal.helpUrl);
  const suggestion = specificSuggestion(code, refusal) ?? suggestionFor(code);
  return {
    error: {
      code,
      message: describe(code, refusal),
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(helpUrl === undefined ? {} : { helpUrl }),
    },
    ...(refusal.wireCode === undefined ? {} : { wireCode: refusal.wireCode }),
    ...(refusal.status === undefined ? {} : { status: refusal.status }),
    neverSent: false,
  };
}

/** Builds an error of our own with the standard suggestion for its code. */
export function ownError(code: ProviderErrorCode, message: string): ProviderError {
  const suggestion = suggestionFor(code);
  return { code, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

export const ownFailure = (
  code: ProviderErrorCode,
  message: string,
  neverSent = false,
): CallFailure => ({ error: ownError(code, message), neverSent });

function foreignAnswer(status: number): CallFailure {
  const failure = ownFailure(
    'unreachable',
    `Something between this machine and Cursor responded with its own page (HTTP ${status}).`,
  );
  return { ...failure, status };
}

/** Cursor answers some problems with a bare `validation_error`; the words tell which one it is. */
function refine(code: ProviderErrorCode, refusal: Refusal): ProviderErrorCode {
  if (code !== 'invalid_request') return code;
  const message = refusal.message ?? '';
  if (/^model\b.*not available or invalid/i.test(message)) return 'invalid_model';
  if (/NO_USER_CREDENTIALS/.test(message)) return 'integration_not_connected';
  if (/\bbranch\b.*(not (be )?(found|exist|verified)|does not exist|invalid)/i.test(message)) {
    return 'repository_unavailable';
  }
  return code;
}

function specificSuggestion(code: ProviderErrorCode, refusal: Refusal): string | undefined {
  const message = refusal.message ?? '';
  if (/environment/i.test(message) && code !== 'forbidden') {
    return "Set up the repository's environment once at cursor.com/dashboard (Cloud Agents, Environments); then run it again.";
  }
  if (/startingRef|\bref\b|\bsha\b/i.test(message) && code === 'invalid_request') {
    return 'Cursor may reject a commit id as a starting point: use the name of a branch that contains it.';
  }
  return undefined;
}

function describe(code: ProviderErrorCode, refusal: Refusal): string {
  const said = refusal.message?.replace(/^\[[a-z_]+\]\s*/, '').trim();
  if (said !== undefined && said !== '') return said.slice(0, MAX_MESSAGE_LENGTH);
  const status = refusal.status === undefined ? '' : ` (HTTP ${refusal.status})`;
  return `Cursor responded with "${refusal.wireCode ?? code}" without an explanation${status}.`;
}

/** Seconds or an HTTP date; negative and nonsensical values count as absent. At most one hour is believed. */
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

/** Codes of failures that happen before a byte of the request leaves: nothing can have arrived. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What stood between this machine and Cursor, where people can do something about it. Nothing was sent then. */
const CERTIFICATE_CODE = /CERT|_TLS|SELF_SIGNED|UNABLE_TO_VERIFY/;
const PROXY_ANSWER = 'PROXY_ANSWERED_';

function obstacleIn(causes: readonly string[]): readonly [what: string, advice: string] | null {
  const answer = causes.find((code) => code.startsWith(PROXY_ANSWER))?.slice(PROXY_ANSWER.length);
  if (answer !== undefined) {
    return [
      `The proxy did not allow the connection to Cursor (HTTP ${answer}).`,
      answer === '407'
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

/** The failure behind a thrown network error, given the codes along its chain of causes. */
export function failureFromNetwork(causes: readonly string[], what: string): CallFailure {
  const obstacle = obstacleIn(causes);
  if (obstacle !== null) {
    const [message, suggestion] = obstacle;
    return { error: { code: 'unreachable', message, suggestion }, neverSent: true };
  }
  const neverSent = causes.some((code) => NEVER_SENT.has(code));
  const reason = causes.length === 0 ? '' : ` (${causes.join(', ')})`;
  const message = neverSent
    ? `Cursor cannot be reached${reason}.`
    : `The connection to Cursor was lost before the response to ${what} arrived${reason}.`;
  return ownFailure('unreachable', message, neverSent);
}

/** The `code`s of an error and of everything that caused it, outermost first. */
export function causeCodes(thrown: unknown): string[] {
  const codes: string[] = [];
  let current: unknown = thrown;
  for (let depth = 0; depth < 6 && current instanceof Error; depth += 1) {
    if ('code' in current && typeof current.code === 'string') codes.push(current.code);
    // undici tells the answer of a proxy in words alone.
    const refused = /^Proxy response \((\d+)\)/.exec(current.message);
    if (refused !== null) codes.push(`${PROXY_ANSWER}${refused[1]}`);
    if (current instanceof AggregateError) current = current.errors[0];
    else current = current.cause;
  }
  return codes;
}
