import { fieldsOf } from '../../../lib/fields.ts';
import { saysDiskIsFull } from '../../../lib/system-error.ts';
import type { ProviderErrorCode } from '../../../runtimes/provider-error.ts';
import { diskFull, failureWith, type RequestFailure } from '../failures.ts';
import type { HostFailure } from '../harness.ts';
import { shorten } from '../shorten.ts';

type Code = ProviderErrorCode | 'sandbox_unavailable' | 'sdk_missing';

/**
 * By phrases of the message. A failed run has only a message: the protocol's code is its prefix in brackets, or is
 * missing if Cursor gives an explanation.
 */
const BY_MESSAGE: readonly (readonly [RegExp, Code])[] = [
  [/sandboxing is not supported/i, 'sandbox_unavailable'],
  [/already has active run/i, 'busy'],
  [/^\[unauthenticated\]|invalid api key|bad api key|not logged in|HTTP 401/i, 'unauthorized'],
  [/^\[permission_denied\]|HTTP 403/i, 'forbidden'],
  [/(usage|spend(ing)?|plan) limit|hit your limit|out of (usage|requests|credits)/i, 'usage_limit'],
  [/^\[resource_exhausted\]|rate.?limit|too many requests|slow down|HTTP 429/i, 'rate_limited'],
  [
    /cannot use this model|explicit `?model|(bad|invalid|unknown) model|model .{0,80}(not (found|available|supported)|invalid)/i,
    'invalid_model',
  ],
  // A stream that is cut between two messages looks like an invalid request.
  [/protocol error: |premature close|other side closed/i, 'unreachable'],
  [/^\[not_found\]/i, 'not_found'],
  [/^\[(invalid_argument|failed_precondition|out_of_range)\]/i, 'invalid_request'],
  [/^\[unimplemented\]/i, 'feature_unavailable'],
  [
    /\[(unavailable|internal|unknown|aborted|deadline_exceeded|data_loss|canceled)\]|without turnEnded|connection (stalled|failed|lost)|network request failed|socket hang up|fetch failed|\bE(CONN\w+|TIMEDOUT|PIPE|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)\b/i,
    'unreachable',
  ],
];

const BY_NAME: Readonly<Record<string, Code>> = {
  AuthenticationError: 'unauthorized',
  RateLimitError: 'rate_limited',
  AgentBusyError: 'busy',
  AgentNotFoundError: 'not_found',
  NetworkError: 'unreachable',
  ConfigurationError: 'invalid_request',
};

const SUGGESTIONS: Partial<Record<Code, string>> = {
  unauthorized:
    'Set a valid Cursor API key (Settings > Providers, or `cerevisor auth set`). You can create keys at cursor.com/dashboard, Integrations.',
  usage_limit:
    'Raise the spending limit or wait for the next period (cursor.com/dashboard, Usage).',
  invalid_model: 'Choose one of the models that are available to your account.',
  sandbox_unavailable:
    'Set the permission to write files to Allow, or run this workflow on a machine that supports a sandbox.',
  unreachable: 'Check the network; the agent can continue where it stopped.',
  sdk_missing: 'Install Cerevisor again with its dependencies (npm install).',
};

const TRANSIENT: ReadonlySet<Code> = new Set<Code>(['unreachable', 'rate_limited']);

/** The failure for a thrown error, or for the error in a run's result. */
export function sdkFailureOf(error: unknown): RequestFailure {
  const { name, message, status } = fieldsOf(error);
  const text = typeof message === 'string' ? message : String(error);
  // The SDK stores the conversation in a database on this machine.
  if (saysDiskIsFull(text)) return { failure: diskFull, isTransient: false };
  const code = codeOf(text, typeof name === 'string' ? name : '', status);
  return { failure: failureFor(code, messageFor(code, text)), isTransient: TRANSIENT.has(code) };
}

/** A failure with the suggestion for its code. */
export const failureFor = (code: Code, message: string): HostFailure =>
  failureWith(code, message, SUGGESTIONS[code]);

function codeOf(text: string, name: string, status: unknown): Code {
  const byMessage = BY_MESSAGE.find(([pattern]) => pattern.test(text))?.[1];
  if (status === 401) return 'unauthorized';
  if (status === 429 && byMessage !== 'usage_limit') return 'rate_limited';
  return byMessage ?? BY_NAME[name] ?? 'protocol';
}

function messageFor(code: Code, text: string): string {
  const cleaned = shorten(text.replace(/^(\[[a-z_]+\]\s*)+/, '')).replace(
    ADVICE_FOR_PROGRAMMERS,
    '',
  );
  if (code === 'unreachable') {
    const isPlain = cleaned === '' || TRANSPORT_MESSAGES.test(cleaned);
    return isPlain
      ? 'The connection to Cursor was lost.'
      : `The connection to Cursor was lost: ${cleaned}`;
  }
  return cleaned === '' ? `Cursor responded with "${code}" without an explanation.` : cleaned;
}

const ADVICE_FOR_PROGRAMMERS = / Use Cursor\.models\.list\(\).*$/;
/** Messages of the transport that say nothing to a user. */
const TRANSPORT_MESSAGES =
  /^(aborted|stream ended without turnEnded.*|terminated|canceled|protocol error: .*)$/i;
