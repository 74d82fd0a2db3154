export type Parameter = {
  readonly id: string;
  readonly displayName: string;
  readonly values: readonly { readonly value: string; readonly displayName: string }[];
};

type Params = readonly { readonly id: string; readonly value: string }[];

export type Model = {
  readonly id: string;
  readonly displayName: string;
  readonly description?: string;
  readonly aliases?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly variants?: readonly {
    readonly params: Params;
    readonly displayName: string;
    readonly description?: string;
    readonly isDefault?: boolean;
  }[];
};

const titleCase = (word: string): string =>
  word
    .split(/[_-]/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join(' ');

export function parameter(id: string, values: readonly string[]): Parameter {
  return {
    id,
    displayName: titleCase(id),
    values: values.map((value) => ({ value, displayName: titleCase(value) })),
  };
}

/** A model with one variant for each value of its first parameter, as in Cursor's list. */
function model(
  id: string,
  displayName: string,
  settings: {
    readonly description?: string;
    readonly aliases?: readonly string[];
    readonly parameters?: readonly Parameter[];
    readonly defaultValue?: string;
  } = {},
): Model {
  const { defaultValue, ...rest } = settings;
  const first = settings.parameters?.[0];
  if (first === undefined) return { id, displayName, ...rest };
  const variants = first.values.map(({ value, displayName: valueName }) => ({
    params: [{ id: first.id, value }],
    displayName: `${displayName} (${first.displayName}: ${valueName})`,
    ...(value === defaultValue ? { isDefault: true } : {}),
  }));
  return { id, displayName, ...rest, variants };
}

const fast = parameter('fast', ['false', 'true']);
const thinking = parameter('thinking', ['low', 'medium', 'high']);
const switchedThinking = parameter('thinking', ['false', 'true']);
const effort = parameter('effort', ['low', 'medium', 'high', 'max']);
const context = parameter('context', ['200k', '300k', '1m']);
const reasoning = parameter('reasoning', ['none', 'low', 'medium', 'high', 'extra-high']);

const claude = { parameters: [effort, switchedThinking, context, fast], defaultValue: 'high' };
const gpt = { parameters: [reasoning, fast, context], defaultValue: 'medium' };

/**
 * The models of Cursor's documentation and of observed accounts, in the shape of the real list. `--model` adds others.
 * The choice of a model does not change any result.
 */
export const catalog: readonly Model[] = [
  model('default', 'Default', { description: 'The account default', aliases: ['auto'] }),
  model('auto-smart', 'Auto', {
    description: 'Picks a model for each task',
    parameters: [parameter('optimize_for', ['cost', 'balanced', 'intelligence'])],
    defaultValue: 'balanced',
  }),
  // Cursor redirects the second generation to its successor, so that scripts that name it still work.
  model('composer-2.5', 'Composer 2.5', {
    aliases: ['composer-2', 'composer-2-fast', 'composer-2.5-fast', 'composer', 'composer-latest'],
    parameters: [fast, thinking],
    defaultValue: 'true',
  }),
  model('composer-1.5', 'Composer 1.5', { parameters: [thinking] }),
  model('composer-1', 'Composer 1'),
  model('claude-opus-5', 'Claude Opus 5', { ...claude, aliases: ['claude-opus'] }),
  model('claude-opus-4-8', 'Claude Opus 4.8', claude),
  model('claude-opus-4-7', 'Claude Opus 4.7', claude),
  model('claude-opus-4-6', 'Claude Opus 4.6', {
    ...claude,
    aliases: ['claude-4.6-opus', 'claude-4.6-opus-high-thinking'],
  }),
  model('claude-sonnet-4-6', 'Claude Sonnet 4.6', {
    ...claude,
    aliases: ['claude-sonnet', 'claude-4.6-sonnet', 'claude-4.6-sonnet-thinking'],
  }),
  model('claude-sonnet-4-5', 'Claude Sonnet 4.5', {
    parameters: [switchedThinking, context],
    aliases: ['claude-4.5-sonnet', 'claude-4.5-sonnet-thinking'],
  }),
  model('claude-4-sonnet', 'Claude Sonnet 4', {
    parameters: [switchedThinking],
    aliases: ['claude-4-sonnet-thinking'],
  }),
  model('claude-haiku-4-5', 'Claude Haiku 4.5', {
    parameters: [switchedThinking],
    aliases: ['claude-haiku', 'claude-4.5-haiku'],
  }),
  model('gpt-5.5', 'GPT-5.5', { ...gpt, aliases: ['gpt', 'gpt-latest'] }),
  model('gpt-5.4', 'GPT-5.4', gpt),
  model('gpt-5.4-mini', 'GPT-5.4 Mini', { ...gpt, aliases: ['gpt-mini'] }),
  model('gpt-5.4-nano', 'GPT-5.4 Nano', gpt),
  model('gpt-5.3-codex', 'GPT-5.3 Codex', { ...gpt, aliases: ['gpt-codex'] }),
  model('gpt-5.2', 'GPT-5.2', gpt),
  model('gpt-5.1', 'GPT-5.1', gpt),
  model('gpt-5', 'GPT-5', gpt),
  model('gemini-3.1-pro', 'Gemini 3.1 Pro', { aliases: ['gemini-pro', 'gemini-3-pro'] }),
  model('gemini-3-flash', 'Gemini 3 Flash', { aliases: ['gemini-flash'] }),
  model('grok-4.6', 'Grok 4.6', {
    parameters: [parameter('reasoning', ['low', 'medium', 'high']), effort, fast],
    defaultValue: 'medium',
    aliases: ['grok'],
  }),
];
