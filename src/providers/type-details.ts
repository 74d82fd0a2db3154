import type { ProviderChoice } from '../session/events.ts';
import type { CredentialSubject } from '../settings/credentials.ts';
import { type ProviderType, providerTypeNames } from '../workflow/providers.ts';
import type { ProviderEntry } from './entry.ts';

/** The constants of a type of provider. */
type ProviderTypeDetails = {
  /** The environment variable with its key. */
  readonly variable: string;
  /** The default address of its API; null if the harness knows it. */
  readonly address: string | null;
  /** The path of the API on a rehearsal cloud. */
  readonly rehearsalPath: string;
  /** Tells users where to get a key. */
  readonly copyFrom: string;
};

export const providerTypeDetails: Readonly<Record<ProviderType, ProviderTypeDetails>> = {
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

/** The runtime that runs local agents of an entry. */
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
 * Where the key of an entry is stored. The environment variable belongs to the entry whose id is its type, and only
 * while that entry uses the provider's own address: changing the address must not send the key to another server.
 */
export function credentialSubject({ id, type, baseUrl }: ProviderEntry): CredentialSubject {
  const { variable, copyFrom } = providerTypeDetails[type];
  const usesVariable = id === type && baseUrl === undefined;
  return { variable: usesVariable ? variable : null, file: `provider-keys/${id}`, copyFrom };
}

export const builtinEntry = (type: ProviderType): ProviderEntry => ({
  id: type,
  type,
  name: providerTypeNames[type],
  isDefault: false,
});
