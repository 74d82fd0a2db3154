import type { PromptImage, Subagent, TurnOptions } from '../turn-requests.ts';
import type { OperationOf } from './sdk-host/protocol.ts';

type Launch = OperationOf<'launch'>;

/** Model and mode in the SDK's form. Parameters without a model are dropped. */
export function modelAndMode({
  model,
  modelParameters,
  mode,
}: TurnOptions): Pick<Launch, 'model' | 'mode'> {
  return {
    ...(model === undefined ? {} : { model: toModel(model, modelParameters) }),
    ...(mode === undefined ? {} : { mode }),
  };
}

export function toImage({
  url,
  data,
  mimeType,
}: PromptImage): NonNullable<Launch['images']>[number] {
  if (data === undefined || mimeType === undefined) return { url: url ?? '' };
  return { data, mimeType };
}

export function toSubagent(subagent: Subagent): NonNullable<Launch['subagents']>[number] {
  const { name, description, prompt, model, modelParameters } = subagent;
  return {
    name,
    description,
    prompt,
    ...(model === undefined
      ? {}
      : { model: model === 'inherit' ? model : toModel(model, modelParameters) }),
  };
}

function toModel(id: string, parameters: TurnOptions['modelParameters']) {
  const params = Object.entries(parameters ?? {}).map(([name, value]) => ({ id: name, value }));
  return params.length === 0 ? { id } : { id, params };
}
