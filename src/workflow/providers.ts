/** Types of providers. A workflow names a type, or an entry of the user's provider library. */
export const providerTypes = ['cursor-agent', 'anthropic', 'openai-compatible', 'codex'] as const;
export type ProviderType = (typeof providerTypes)[number];

export const providerTypeNames: Readonly<Record<ProviderType, string>> = {
  'cursor-agent': 'Cursor Agent',
  anthropic: 'Anthropic',
  'openai-compatible': 'OpenAI-compatible',
  codex: 'OpenAI Codex',
};

export const isProviderType = (text: string): text is ProviderType =>
  providerTypes.some((type) => type === text);

/** The providers that are available on a machine. */
export type KnownProviders = {
  /** Used if neither the agent nor the workflow names a provider. */
  readonly defaultId: string;
  /** All ids that a workflow may use: entries of the library, and types. */
  readonly references: readonly string[];
};
