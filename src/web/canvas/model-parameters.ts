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
  /** Empty for the model's default. */
  readonly value: string;
  /** The possible values; null if they are not known. */
  readonly values: readonly string[] | null;
};

/** The parameters of the agent's model, followed by unknown ones that the file sets. */
export function visibleParameters(
  { model, modelParameters = {} }: Pick<Agent, 'model' | 'modelParameters'>,
  models: readonly Model[],
): readonly ModelParameter[] {
  const chosen = models.find(({ id, aliases }) => id === model || aliases.includes(model ?? ''));
  const known = chosen?.parameters ?? [];
  const offered = known.map(({ id, values }) => {
    const value = modelParameters[id] ?? '';
    // A value in the file stays visible even if it is not offered.
    const shown = value === '' || values.includes(value) ? values : [...values, value];
    return { id, label: labelOf(id), value, values: shown };
  });
  const others = Object.entries(modelParameters)
    .filter(([id]) => !known.some((parameter) => parameter.id === id))
    .map(([id, value]) => ({ id, label: labelOf(id), value, values: null }));
  return [...offered, ...others];
}

/** Sets a parameter; an empty value removes it. Returns undefined if none are left. */
export function setParameter(
  parameters: Agent['modelParameters'] | undefined,
  id: string,
  value: string,
): Agent['modelParameters'] | undefined {
  const entries = Object.entries({ ...parameters, [id]: value }).filter(([, one]) => one !== '');
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const labelOf = (id: string): string => capitalized(id.replaceAll(/[_-]+/g, ' '));
