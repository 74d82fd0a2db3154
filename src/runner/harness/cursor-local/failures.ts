import { fieldsOf } from '../../../lib/fields.ts';
import type { ProviderErrorCode } from '../../../runtimes/provider-error.ts';
import { failureWith, type RequestFailure } from '../failures.ts';
import type { HostFailure } from '../harness.ts';
import { shorten } from '../shorten.ts';

type Code = ProviderErrorCode | 'sandbox_unavailable' | 'sdk_missing';

/**
 * A run that ends in an error tells it in words alone: the wire's code stands before them in brackets, or is lost where
 * Cursor explains itself. So the words have to do.
 */
const BY_WORDS: readonly (readonly [RegExp, Code])[] = [
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
  // A stream that breaks off between two messages reads like a wrong request.
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

/** What is known of an error: a thrown one, or the one that a run's result tells. */
export function sdkFailureOf(error: unknown): RequestFailure {
  const { name, message, status } = fieldsOf(error);
  const words = typeof message === 'string' ? message : String(error);
  const code = codeOf(words, typeof name === 'string' ? name : '', status);
  return { failure: failureFor(code, describe(code, words)), isTransient: TRANSIENT.has(code) };
}

/** A failure of our own, with the suggestion that its code has. */
export const failureFor = (code: Code, message: string): HostFailure =>
  failureWith(code, message, SUGGESTIONS[code]);

function codeOf(words: string, name: string, status: unknown): Code {
  const byWords = BY_WORDS.find(([pattern]) => pattern.test(words))?.[1];
  if (status === 401) return 'unauthorized';
  if (status === 429 && byWords !== 'usage_limit') return 'rate_limited';
  return byWords ?? BY_NAME[name] ?? 'protocol';
}

function describe(code: Code, words: string): string {
  const said = shorten(words.replace(/^(\[[a-z_]+\]\s*)+/, '')).replace(ADVICE_FOR_PROGRAMMERS, '');
  if (code === 'unreachable') {
    const isPlain = said === '' || TRANSPORT_WORDS.test(said);
    return isPlain
      ? 'The connection to Cursor was lost.'
      : `The connection to Cursor was lost: ${said}`;
  }
  return said === '' ? `Cursor responded with "${code}" without an explanation.` : said;
}

const ADVICE_FOR_PROGRAMMERS = / Use Cursor\.models\.list\(\).*$/;
/** Of the transport itself; they tell nobody anything. */
const TRANSPORT_WORDS =
  /^(aborted|stream ended without turnEnded.*|terminated|canceled|protocol error: .*)$/i;
