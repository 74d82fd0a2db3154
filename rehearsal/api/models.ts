import type { RehearsalOptions } from '../options.ts';
import { ApiError } from './api-error.ts';
import { catalog, type Model, parameter } from './model-catalog.ts';

type Choice = {
  readonly id: string;
  readonly params?: readonly { readonly id: string; readonly value: string }[] | undefined;
};

/** The models of the account: the catalog, and the models of `--model`, which replace those of the same name. */
export function modelsOf({ models }: Pick<RehearsalOptions, 'models'>): readonly Model[] {
  const addUsage = models.map(
    ({ id, parameters }): Model => ({
      id,
      displayName: id,
      ...(parameters === undefined
        ? {}
        : { parameters: parameters.map((known) => parameter(known.id, known.values)) }),
    }),
  );
  const ids = new Set(addUsage.map(({ id }) => id));
  const known = catalog
    .filter(({ id }) => !ids.has(id))
    .map((model): Model => {
      const aliases = model.aliases?.filter((alias) => !ids.has(alias));
      return aliases === undefined ? model : { ...model, aliases };
    });
  return [...known, ...addUsage];
}

/**
 * Returns the model's id without aliases. Throws an `ApiError` with the given code for an unknown model, and with
 * `validation_error` for an invalid parameter of a known model.
 */
export function checkModel(
  options: Pick<RehearsalOptions, 'models'>,
  choice: Choice | undefined,
  code: 'invalid_model' | 'validation_error',
): string | undefined {
  if (choice === undefined) return undefined;
  const model = modelsOf(options).find(
    ({ id, aliases }) => id === choice.id || (aliases?.includes(choice.id) ?? false),
  );
  if (model === undefined) {
    throw new ApiError(code, `Model '${choice.id}' is not available or invalid`);
  }
  const acceptsAnyParameter = options.models.some(
    ({ id, parameters }) => id === model.id && parameters === undefined,
  );
  if (!acceptsAnyParameter) checkParameters(model, choice);
  return model.id;
}

function checkParameters(model: Model, { id: name, params = [] }: Choice): void {
  const known = model.parameters ?? [];
  for (const [index, { id, value }] of params.entries()) {
    const path = `model.params.${index}`;
    const parameter = known.find((candidate) => candidate.id === id);
    if (parameter === undefined) {
      const knownIds = known.length === 0 ? 'none' : known.map((one) => one.id).join(', ');
      throw new ApiError(
        'validation_error',
        `${path}.id: Model '${name}' has no parameter '${id}'. Its parameters: ${knownIds}`,
      );
    }
    if (parameter.values.some((candidate) => candidate.value === value)) continue;
    const values = parameter.values.map((candidate) => candidate.value).join(', ');
    throw new ApiError(
      'validation_error',
      `${path}.value: Parameter '${id}' of model '${name}' cannot be '${value}'. Its values: ${values}`,
    );
  }
}
