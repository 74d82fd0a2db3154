import { capitalized } from '../../lib/format.ts';
import type { Agent } from '../../workflow/schema.ts';

type Model = {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly parameters?: readonly { readonly id: string; readonly values: readonly string[] }[];
};

export type ModelParameter = {
  readonly id: string;
  readonly label: string;
  /** Empty: the model's own choice. */
  readonly value: string;
  /** What may be chosen; null if nobody says. */
  readonly values: readonly string[] | null;
};

/** The parameters of the agent's model, then those that the file sets without the account knowing them. */
export function visibleParameters(
  { model, modelParameters = {} }: Pick<Agent, 'model' | 'modelParameters'>,
  models: readonly Model[],
): readonly ModelParameter[] {
  const chosen = models.find(({ id, aliases }) => id === model || aliases.includes(model ?? ''));
  const known = chosen?.parameters ?? [];
  const offered = known.map(({ id, values }) => {
    const value = modelParameters[id] ?? '';
    // A value that is not offered stays visible: it is what the file says.
    const shown = value === '' || values.includes(value) ? values : [...values, value];
    return { id, label: labelOf(id), value, values: shown };
  });
  const others = Object.entries(modelParameters)
    .filter(([id]) => !known.some((parameter) => parameter.id === id))
    .map(([id, value]) => ({ id, label: labelOf(id), value, values: null }));
  return [...offered, ...others];
}

/** The parameters with one of them changed; an empty value takes it away, and nothing is left of none. */
export function setParameter(
  parameters: Agent['modelParameters'] | undefined,
  id: string,
  value: string,
): Agent['modelParameters'] | undefined {
  const entries = Object.entries({ ...parameters, [id]: value }).filter(([, one]) => one !== '');
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const labelOf = (id: string): string => capitalized(id.replaceAll(/[_-]+/g, ' '));
