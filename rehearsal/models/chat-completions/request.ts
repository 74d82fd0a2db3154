import { z } from 'zod';

const part = z.looseObject({ type: z.string() });
const content = z.union([z.string(), z.array(part)]).nullish();

const toolCall = z.looseObject({
  id: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

/** The fields of a Chat Completions request that are used here; all others are accepted. */
export const chatRequest = z.looseObject({
  model: z.string(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  messages: z
    .array(
      z.looseObject({
        role: z.string(),
        content,
        tool_calls: z.array(toolCall).nullish(),
        tool_call_id: z.string().nullish(),
      }),
    )
    .min(1),
  tools: z
    .array(
      z.looseObject({
        type: z.string(),
        function: z.looseObject({ name: z.string(), parameters: z.unknown().optional() }),
      }),
    )
    .nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z.looseObject({ schema: z.unknown().optional() }).nullish(),
    })
    .nullish(),
  user: z.string().nullish(),
});

export type ChatRequest = z.infer<typeof chatRequest>;

export const textOf = (from: z.infer<typeof content>): string =>
  typeof from === 'string'
    ? from
    : (from ?? [])
        .flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
        .join('\n');

export const imagesIn = (from: z.infer<typeof content>): number =>
  Array.isArray(from) ? from.filter(({ type }) => type === 'image_url').length : 0;
