import { z } from 'zod';
import type { Outcome } from '../store/record.ts';
import { ToolProblem, type ToolResult } from '../tools/own-tool.ts';

const MAX_TEXT_LENGTH = 60_000;

const content = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  data: z.string().optional(),
  mimeType: z.string().optional(),
  uri: z.string().optional(),
});
type Part = z.infer<typeof content>;

const answerSchema = z.looseObject({
  content: z.array(content).optional(),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

/** What the call of a server's tool came to. `seesImages`: the model can be shown pictures as the result of a call. */
export function mcpResult(raw: unknown, seesImages: boolean): ToolResult {
  const answer = answerSchema.safeParse(raw).data;
  if (answer === undefined) throw new ToolProblem("The server's response is not valid MCP.");
  const parts = answer.content ?? [];
  const words = parts.map((part) => wordsOf(part, seesImages)).filter((one) => one !== '');
  const structured =
    words.length === 0 && answer.structuredContent !== undefined
      ? [JSON.stringify(answer.structuredContent)]
      : [];
  const text = [...words, ...structured].join('\n').slice(0, MAX_TEXT_LENGTH) || '(no content)';
  if (answer.isError === true)
    return { outcome: { kind: 'failed', text }, result: { error: { message: text } } };
  const images = seesImages ? parts.flatMap(imageOf) : [];
  const outcome: Outcome = { kind: 'done', text, ...(images.length === 0 ? {} : { images }) };
  return { outcome, result: { success: { content: parts } } };
}

function wordsOf({ type, text, uri, mimeType }: Part, seesImages: boolean): string {
  if (type === 'text') return text ?? '';
  if (type === 'image' && seesImages) return '';
  return `(${[type, mimeType, uri].filter((one) => one !== undefined).join(', ')})`;
}

const imageOf = ({ type, data, mimeType }: Part) =>
  type === 'image' && data !== undefined && mimeType !== undefined
    ? [{ data, mediaType: mimeType }]
    : [];
