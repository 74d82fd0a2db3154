import { z } from 'zod';

const part = z.looseObject({ type: z.string() });
const content = z.union([z.string(), z.array(part)]);
const tool = z.looseObject({ type: z.string(), name: z.string().optional() });

/** All items of a history have a type, which is optional for messages. */
const item = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  content: content.nullish(),
  call_id: z.string().optional(),
  name: z.string().optional(),
  namespace: z.string().nullish(),
  arguments: z.string().optional(),
  input: z.string().optional(),
  output: content.optional(),
  tools: z.array(tool).optional(),
});

/** The fields of a Responses request that are used here; all others are accepted. */
export const responsesRequest = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(item)]),
  tools: z.array(tool).nullish(),
  text: z
    .looseObject({
      format: z.looseObject({ type: z.string(), schema: z.unknown().optional() }).nullish(),
    })
    .nullish(),
  prompt_cache_key: z.string().nullish(),
  client_metadata: z.record(z.string(), z.unknown()).nullish(),
});

export type ResponsesRequest = z.infer<typeof responsesRequest>;
export type Item = z.infer<typeof item>;
export type ToolEntry = z.infer<typeof tool>;
export type Content = z.infer<typeof content>;

export const itemsOf = ({ input }: ResponsesRequest): readonly Item[] =>
  typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;

export const typeOf = (one: Item): string => one.type ?? 'message';

/** The texts of a message or of a result. */
export function textsOf(from: Content | null | undefined): readonly string[] {
  if (from === null || from === undefined) return [];
  if (typeof from === 'string') return [from];
  return from.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
}
