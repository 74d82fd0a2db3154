import { z } from 'zod';
import { addressWithVersion } from '../../../lib/api-address.ts';
import {
  apiMissing,
  COMMON_SUGGESTIONS,
  codeOfStatus,
  failureWith,
  type RequestFailure,
} from '../failures.ts';
import type { HostFailure } from '../harness.ts';
import { shorten } from '../shorten.ts';
import type { CodexError } from './wire.ts';

const SUGGESTIONS = {
  ...COMMON_SUGGESTIONS,
  unauthorized:
    'Set a valid OpenAI API key (Settings > Providers, or `cerevisor auth set codex`), or, if you use your own login, log in again with `codex login`.',
  usage_limit: 'Add credit to the account or raise its limit, then retry the agent.',
  policy_violation: 'Change what the agent is asked to do.',
  sandbox_unavailable:
    'Allow writing files, or run this workflow on a machine that supports the sandbox of Codex.',
  stream_cut: 'Check the network; the agent can continue where it stopped.',
  harness_missing: 'Open Settings, Providers, and let Cerevisor fetch Codex, or choose your own.',
  harness_too_old:
    'Update your own Codex, or let Cerevisor fetch the version that it was tested with.',
} as const;
type Code = keyof typeof SUGGESTIONS;

const TRANSIENT: ReadonlySet<Code> = new Set<Code>([
  'rate_limited',
  'overloaded',
  'stream_cut',
  'unreachable',
]);

/** Failures after which a further turn can resume. */
export const INTERRUPTING: ReadonlySet<string> = new Set(['stream_cut', 'unreachable']);

const BY_INFO: Readonly<Record<string, Code>> = {
  contextWindowExceeded: 'context_too_long',
  sessionBudgetExceeded: 'usage_limit',
  usageLimitExceeded: 'usage_limit',
  rateLimitExceeded: 'rate_limited',
  flexUnavailable: 'overloaded',
  serverOverloaded: 'overloaded',
  internalServerError: 'overloaded',
  unauthorized: 'unauthorized',
  badRequest: 'invalid_request',
  cyberPolicy: 'policy_violation',
  misalignmentPolicyViolation: 'policy_violation',
  sandboxError: 'sandbox_unavailable',
};

/** By phrases of the API anywhere in the message, which are more specific than a status. */
const BY_MESSAGE: readonly (readonly [RegExp, Code])[] = [
  [/context_length_exceeded|context window|maximum context length/i, 'context_too_long'],
  [/model_not_found|model .{0,80}(does not exist|not found|not supported)/i, 'invalid_model'],
  [/insufficient_quota|exceeded your current quota|usage limit|billing/i, 'usage_limit'],
  [/invalid_api_key|incorrect api key/i, 'unauthorized'],
];

/** Why a turn of Codex failed. `hasBegun`: part of the model's message had arrived. */
export function failureOf(
  error: CodexError | null,
  { hasBegun }: { readonly hasBegun: boolean },
): RequestFailure {
  const message = error?.message ?? 'Codex gave no reason.';
  const misplaced = withoutVersion(error, message);
  if (misplaced !== null) return { failure: misplaced, isTransient: false };
  const code = codeOf(error, message, hasBegun);
  return { failure: failureFor(code, messageFor(code, message)), isTransient: TRANSIENT.has(code) };
}

/** A 404 for an address without a version. For a missing model, the API's message would name the model. */
function withoutVersion(error: CodexError | null, message: string): HostFailure | null {
  const url = / url: (\S+?)(\/responses)?(,|$)/.exec(message);
  const base = url?.[1] ?? null;
  if (statusIn(error?.codexErrorInfo) !== 404 || base === null || /model/i.test(message))
    return null;
  const better = addressWithVersion(base);
  return better === null ? null : apiMissing(`${base}${url?.[2] ?? ''}`, better);
}

/** A failure with the suggestion for its code. */
export const failureFor = (code: Code, message: string): HostFailure =>
  failureWith(code, message, SUGGESTIONS[code]);

function codeOf(error: CodexError | null, message: string, hasBegun: boolean): Code {
  const byMessage = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
  if (byMessage !== undefined) return byMessage;
  const info = error?.codexErrorInfo;
  const byInfo = typeof info === 'string' ? BY_INFO[info] : undefined;
  if (byInfo !== undefined) return byInfo;
  const status = statusIn(info);
  if (status !== null) return codeOfStatus(status);
  if (/stream (disconnected|closed)|idle timeout/i.test(message))
    return hasBegun ? 'stream_cut' : 'unreachable';
  if (typeof info === 'object' && info !== null) return 'unreachable';
  return /connect|network|timed? ?out|dns|sending request/i.test(message)
    ? 'unreachable'
    : 'protocol';
}

const withStatus = z.looseObject({ httpStatusCode: z.number() });

/** `{"httpConnectionFailed": {"httpStatusCode": 503}}` */
function statusIn(info: CodexError['codexErrorInfo']): number | null {
  if (typeof info !== 'object' || info === null) return null;
  for (const value of Object.values(info)) {
    const parsed = withStatus.safeParse(value);
    if (parsed.success) return parsed.data.httpStatusCode;
  }
  return null;
}

function messageFor(code: Code, message: string): string {
  const text = shorten(messageInJson(message) ?? message)
    .replace(/^unexpected status \d+ [^:]*: /, '')
    .replace(/,? url: \S+$/, '')
    .trim();
  if (code === 'stream_cut') return `The answer of the model was cut off: ${text}`;
  return code === 'unreachable' ? `The connection to the model was lost: ${text}` : text;
}

const errorBody = z.looseObject({ error: z.looseObject({ message: z.string() }) });

/** Some messages contain the API's response as JSON. */
function messageInJson(message: string): string | null {
  try {
    return errorBody.safeParse(JSON.parse(message)).data?.error.message ?? null;
  } catch {
    return null; // Not JSON.
  }
}
