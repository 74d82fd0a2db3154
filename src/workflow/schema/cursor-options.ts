import { z } from 'zod';

/** What Cursor's create request takes next to prompt and repositories, as a workflow names it. */

/** Values of the model's parameters by their ids, such as `{"thinking": "high"}`. */
export const modelParametersSchema = z.record(z.string(), z.string());

/** `plan`: the agent looks and proposes, and changes nothing. */
export const agentModes = ['agent', 'plan'] as const;

/** A picture for the prompt: the address of one, or its bytes. */
export const imageSchema = z.looseObject({
  url: z.string().exactOptional(),
  /** Base64. */
  data: z.string().exactOptional(),
  mimeType: z.string().exactOptional(),
});

/** An agent that this agent may call upon while it works (`customSubagents[]` at Cursor). */
export const subagentSchema = z.looseObject({
  name: z.string(),
  description: z.string(),
  prompt: z.string(),
  /** A model's id, or `inherit`. */
  model: z.string().exactOptional(),
  modelParameters: modelParametersSchema.exactOptional(),
});

/** Names alone: a value in the file would be shared with it, and stored with every session. */
export const variableNamesSchema = z.array(z.string(), {
  error: (issue) =>
    Array.isArray(issue.input)
      ? undefined
      : 'must be a list of names; the values belong in variables.json in the Cerevisor home folder',
});

export type ModelParameters = z.infer<typeof modelParametersSchema>;
export type PromptImage = z.infer<typeof imageSchema>;
