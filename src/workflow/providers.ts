/** Kinds of provider. A workflow names one of them, or an entry of the person's library. */
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

/** What of the providers of a machine decides whether a workflow can run there. */
export type KnownProviders = {
  /** What stands where neither an agent nor the workflow names one. */
  readonly defaultId: string;
  /** Everything that a workflow may name here: entries of the library, and types. */
  readonly references: readonly string[];
};
