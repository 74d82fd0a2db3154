import { Refusal } from './refusal.ts';

type Parameter = {
  readonly id: string;
  readonly displayName: string;
  readonly values: readonly { readonly value: string; readonly displayName: string }[];
};

export type Model = {
  readonly id: string;
  readonly displayName: string;
  readonly description?: string;
  readonly aliases?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly variants?: readonly {
    readonly params: readonly { readonly id: string; readonly value: string }[];
    readonly displayName: string;
    readonly description?: string;
    readonly isDefault?: boolean;
  }[];
};

const optimizeFor = ['cost', 'balanced', 'intelligence'] as const;
const capitalized = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

/** A small catalogue with the shapes of the real one; nothing here thinks, so the choice changes no result. */
export const models: readonly Model[] = [
  { id: 'default', displayName: 'Default', description: 'The account default', aliases: ['auto'] },
  { id: 'composer-2.5', displayName: 'Composer 2.5', aliases: ['composer-2', 'composer'] },
  {
    id: 'auto-smart',
    displayName: 'Auto',
    description: 'Picks a model for each task',
    parameters: [
      {
        id: 'optimize_for',
        displayName: 'Optimize for',
        values: optimizeFor.map((value) => ({ value, displayName: capitalized(value) })),
      },
    ],
    variants: optimizeFor.map((value) => ({
      params: [{ id: 'optimize_for', value }],
      displayName: `Auto (${capitalized(value)})`,
      ...(value === 'balanced' ? { isDefault: true } : {}),
    })),
  },
  { id: 'claude-sonnet-4-6', displayName: 'Claude Sonnet 4.6', aliases: ['claude-sonnet'] },
  { id: 'claude-haiku-4-5', displayName: 'Claude Haiku 4.5', aliases: ['claude-haiku'] },
  { id: 'gpt-5.4-nano', displayName: 'GPT-5.4 Nano' },
];

type Choice = {
  readonly id: string;
  readonly params?: readonly { readonly id: string; readonly value: string }[] | undefined;
};

/** Refuses a model or parameter that the catalogue does not have; returns the model's own id. */
export function checkModel(
  choice: Choice | undefined,
  code: 'invalid_model' | 'validation_error',
): string | undefined {
  if (choice === undefined) return undefined;
  const model = models.find(
    ({ id, aliases }) => id === choice.id || (aliases?.includes(choice.id) ?? false),
  );
  const refuse = () => new Refusal(code, `Model '${choice.id}' is not available or invalid`);
  if (model === undefined) throw refuse();
  for (const { id, value } of choice.params ?? []) {
    const parameter = model.parameters?.find((known) => known.id === id);
    if (!parameter?.values.some((known) => known.value === value)) throw refuse();
  }
  return model.id;
}
