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

/** The words of the SDK for what went wrong (`SDKAssistantMessageError`). */
const BY_WORD: Readonly<Record<string, Code>> = {
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

/** What Claude Code tells of a request that failed. */
export type Refusal = {
  /** Of the answer; null when there was none. */
  readonly status: number | null;
  readonly word: string | undefined;
  readonly reason: string | undefined;
  readonly text: string;
};

export function failureOf({ status, word, reason, text }: Refusal): RequestFailure {
  const code = codeOf(status, word, reason, text);
  return { failure: ownFailure(code, sentence(code, text)), isTransient: TRANSIENT.has(code) };
}

/** A failure of our own, with the suggestion that its code has. */
export const ownFailure = (code: Code, message: string): HostFailure =>
  failureWith(code, message, SUGGESTIONS[code]);

function codeOf(
  status: number | null,
  word: string | undefined,
  reason: string | undefined,
  text: string,
): Code {
  if (reason === 'prompt_too_long' || /prompt is too long|context (window|length)/i.test(text)) {
    return 'context_too_long';
  }
  // A monthly limit of the account comes as a refusal of the request, or as too many of them.
  if (/usage limit|spend(ing)? limit|credit balance/i.test(text)) return 'usage_limit';
  if (status === 403) return 'forbidden';
  const byWord = word === undefined ? undefined : BY_WORD[word];
  if (byWord !== undefined) return status === 413 ? 'context_too_long' : byWord;
  // No answer, or one of a service that is not itself.
  return status === null ? 'unreachable' : codeOfStatus(status);
}

const MAX_LENGTH = 1_000;

function sentence(code: Code, text: string): string {
  const said = text
    .replace(/ (This is a server-side issue|If it persists, check your inference gateway).*$/s, '')
    .replace(/ Check the gateway set in .*$/s, '')
    .replace(/ · Fix external API key$/, '')
    .trim()
    .slice(0, MAX_LENGTH);
  if (code === 'unreachable') {
    return said === ''
      ? 'The connection to the model was lost.'
      : `The connection to the model was lost: ${said}`;
  }
  return said === '' ? `The provider responded with "${code}" without an explanation.` : said;
}

/** The program ended in the middle of a turn. */
export const crashed = (how: string, said: string): HostFailure =>
  ownFailure(
    'harness_crashed',
    `Claude Code ${how}.${said === '' ? '' : ` It said: ${said.split('\n').at(-1)?.slice(0, MAX_LENGTH)}`}`,
  );
