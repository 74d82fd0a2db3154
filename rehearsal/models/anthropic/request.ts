import { z } from 'zod';

const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() });
const block = z.looseObject({ type: z.string() });
const content = z.union([z.string(), z.array(block)]);

/** The fields of a Messages request that are used here; all others are accepted. */
export const messagesRequest = z.looseObject({
  model: z.string(),
  max_tokens: z.number(),
  stream: z.boolean().optional(),
  system: z.union([z.string(), z.array(textBlock)]).optional(),
  messages: z.array(z.looseObject({ role: z.string(), content })).min(1),
  tools: z
    .array(z.looseObject({ name: z.string(), input_schema: z.unknown().optional() }))
    .optional(),
  output_config: z
    .looseObject({
      format: z.looseObject({ type: z.string(), schema: z.unknown().optional() }).nullish(),
    })
    .nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
});

export type MessagesRequest = z.infer<typeof messagesRequest>;
export type Block = z.infer<typeof block>;

export const blocksOf = (from: z.infer<typeof content>): readonly Block[] =>
  typeof from === 'string' ? [{ type: 'text', text: from }] : from;

export const textOf = (blocks: readonly Block[]): string =>
  blocks
    .flatMap((one) => (one.type === 'text' && typeof one.text === 'string' ? [one.text] : []))
    .join('\n');
