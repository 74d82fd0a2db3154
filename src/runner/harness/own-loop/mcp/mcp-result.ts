import { z } from 'zod';
import type { Outcome } from '../store/record.ts';
import { ToolError, type ToolResult } from '../tools/tool.ts';

const MAX_TEXT_LENGTH = 60_000;

const content = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  data: z.string().optional(),
  mimeType: z.string().optional(),
  uri: z.string().optional(),
});
type Part = z.infer<typeof content>;

const resultSchema = z.looseObject({
  content: z.array(content).optional(),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

/** The result of an MCP tool call. `supportsImages`: the model accepts images in tool results. */
export function mcpResult(raw: unknown, supportsImages: boolean): ToolResult {
  const mcpAnswer = resultSchema.safeParse(raw).data;
  if (mcpAnswer === undefined) throw new ToolError("The server's response is not valid MCP.");
  const parts = mcpAnswer.content ?? [];
  const texts = parts.map((part) => textOf(part, supportsImages)).filter((one) => one !== '');
  const structured =
    texts.length === 0 && mcpAnswer.structuredContent !== undefined
      ? [JSON.stringify(mcpAnswer.structuredContent)]
      : [];
  const text = [...texts, ...structured].join('\n').slice(0, MAX_TEXT_LENGTH) || '(no content)';
  if (mcpAnswer.isError === true)
    return { outcome: { kind: 'failed', text }, result: { error: { message: text } } };
  const images = supportsImages ? parts.flatMap(imageOf) : [];
  const outcome: Outcome = { kind: 'done', text, ...(images.length === 0 ? {} : { images }) };
  return { outcome, result: { success: { content: parts } } };
}

function textOf({ type, text, uri, mimeType }: Part, supportsImages: boolean): string {
  if (type === 'text') return text ?? '';
  if (type === 'image' && supportsImages) return '';
  return `(${[type, mimeType, uri].filter((one) => one !== undefined).join(', ')})`;
}

const imageOf = ({ type, data, mimeType }: Part) =>
  type === 'image' && data !== undefined && mimeType !== undefined
    ? [{ data, mediaType: mimeType }]
    : [];
