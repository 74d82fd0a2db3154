import type { Rehearsal } from '../rehearsal.ts';
import type { ModelApi } from './conversation.ts';
import { ModelApiError } from './dialect.ts';

const anthropicModels = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'] as const;
const openAiModels = ['gpt-6.1-sol', 'gpt-5-codex', 'gpt-5.2', 'rehearsal-model'] as const;

export const modelsOf = (api: ModelApi): readonly string[] =>
  api === 'anthropic-messages' ? anthropicModels : openAiModels;

/** The list in the form of OpenAI's API. */
export function listModels({ options }: Rehearsal) {
  const ids = [...openAiModels, ...options.models.map(({ id }) => id)];
  return {
    object: 'list',
    data: ids.map((id) => ({ id, object: 'model', created: 1_767_225_600, owned_by: 'rehearsal' })),
  };
}

/**
 * Throws a 404 for an unknown model. Every name that looks like one of Anthropic's models is accepted, because new
 * models appear often; for the OpenAI APIs, every name except those that begin with `no-such`, `unknown` or `missing`.
 */
export function rejectUnknownModel(api: ModelApi, { options }: Rehearsal, model: string): void {
  const isKnown =
    options.models.some(({ id }) => id === model) ||
    (api === 'anthropic-messages'
      ? /^claude-/.test(model)
      : model !== '' && !/^(no-such|unknown|missing)\b/.test(model));
  if (isKnown) return;
  throw new ModelApiError(
    api === 'anthropic-messages'
      ? { status: 404, code: 'not_found_error', message: `model: ${model}` }
      : {
          status: 404,
          code: 'model_not_found',
          message: `The model \`${model}\` does not exist or you do not have access to it.`,
        },
  );
}
