import { z } from 'zod';

/** Options of Cursor's create request besides prompt and repositories. */

/** Values of the model's parameters by their ids, such as `{"thinking": "high"}`. */
export const modelParametersSchema = z.record(z.string(), z.string());

/** `plan`: the agent proposes a plan and changes nothing. */
export const agentModes = ['agent', 'plan'] as const;

/** An image for the prompt, given by its URL or its data. */
export const imageSchema = z.looseObject({
  url: z.string().exactOptional(),
  /** Base64. */
  data: z.string().exactOptional(),
  mimeType: z.string().exactOptional(),
});

/** A subagent that the agent may start (`customSubagents[]` in Cursor's API). */
export const subagentSchema = z.looseObject({
  name: z.string(),
  description: z.string(),
  prompt: z.string(),
  /** A model's id, or `inherit`. */
  model: z.string().exactOptional(),
  modelParameters: modelParametersSchema.exactOptional(),
});

/** Names only: values in the file would be shared with it and stored with every session. */
export const variableNamesSchema = z.array(z.string(), {
  error: (issue) =>
    Array.isArray(issue.input)
      ? undefined
      : 'must be a list of names; the values belong in variables.json in the Cerevisor home folder',
});

export type ModelParameters = z.infer<typeof modelParametersSchema>;
export type PromptImage = z.infer<typeof imageSchema>;
