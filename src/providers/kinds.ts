import type { ProviderChoice } from '../session/events.ts';
import type { CredentialSubject } from '../settings/credentials.ts';
import { type ProviderType, providerTypeNames } from '../workflow/providers.ts';
import type { ProviderEntry } from './entry.ts';

/** What the types of providers have in common, as data. */
type Kind = {
  /** The variable with its key. */
  readonly variable: string;
  /** Where its API is when the entry names no address; null if the harness knows. */
  readonly address: string | null;
  /** Below the address of a rehearsal cloud. */
  readonly rehearsalPath: string;
  readonly copyFrom: string;
};

export const kinds: Readonly<Record<ProviderType, Kind>> = {
  'cursor-agent': {
    variable: 'CURSOR_API_KEY',
    address: null,
    rehearsalPath: '',
    copyFrom: "Copy the complete key from Cursor's dashboard, Integrations.",
  },
  anthropic: {
    variable: 'ANTHROPIC_API_KEY',
    address: 'https://api.anthropic.com',
    rehearsalPath: '/anthropic',
    copyFrom: 'Copy the complete key from the Anthropic Console, API keys.',
  },
  'openai-compatible': {
    variable: 'OPENAI_API_KEY',
    address: 'https://api.openai.com/v1',
    rehearsalPath: '/openai/v1',
    copyFrom: 'Copy the complete key from the page of the provider.',
  },
  codex: {
    variable: 'OPENAI_API_KEY',
    address: 'https://api.openai.com/v1',
    rehearsalPath: '/openai/v1',
    copyFrom: "Copy the complete key from OpenAI's platform, API keys.",
  },
};

/** How agents of an entry are run on this machine. */
export function runtimeOfEntry({ type, harness }: ProviderEntry): ProviderChoice['runtime'] {
  switch (type) {
    case 'cursor-agent':
      return 'cursor-local';
    case 'anthropic':
      return harness === 'own-loop' ? 'openai-compatible' : 'claude';
    case 'openai-compatible':
    case 'codex':
      return type;
    default:
      return type satisfies never;
  }
}

/**
 * Where the key of an entry is. A variable of the environment belongs to the entry that is called like its type, and only
 * where that one talks to the provider itself: a key is not sent to another address because someone wrote one down.
 */
export function credentialSubject({ id, type, baseUrl }: ProviderEntry): CredentialSubject {
  const { variable, copyFrom } = kinds[type];
  const isOfType = id === type && baseUrl === undefined;
  return { variable: isOfType ? variable : null, file: `provider-keys/${id}`, copyFrom };
}

export const builtinEntry = (type: ProviderType): ProviderEntry => ({
  id: type,
  type,
  name: providerTypeNames[type],
  isDefault: false,
});
