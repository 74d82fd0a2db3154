import { z } from 'zod';

/**
 * The SDK's updates that are used. Others, and those of later versions, are kept unchanged. The SDK's own schemas would
 * reject an update with an unknown tool.
 */
const text = z.string();
const toolCall = z.looseObject({
  type: text.optional(),
  name: text.optional(),
  args: z.unknown().optional(),
  result: z.unknown().optional(),
});
const call = { callId: text, toolCall };

const usage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadTokens: z.number(),
  cacheWriteTokens: z.number(),
  reasoningTokens: z.number().optional(),
});
export type UpdateUsage = z.infer<typeof usage>;

/** Updates of a subagent, passed on while its task is in progress. */
const nested = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text-delta'), text }),
  z.object({ type: z.literal('tool-call-started'), ...call }),
  z.object({ type: z.literal('tool-call-completed'), ...call }),
]);

const update = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text-delta'), text }),
  z.object({ type: z.literal('thinking-delta'), text }),
  z.object({ type: z.literal('thinking-completed') }),
  z.object({ type: z.literal('tool-call-started'), ...call }),
  z.object({ type: z.literal('partial-tool-call') }),
  z.object({ type: z.literal('tool-call-completed'), ...call }),
  z.object({ type: z.literal('tool-call-delta'), callId: text, taskUpdate: nested }),
  z.object({
    type: z.literal('shell-output-delta'),
    event: z.looseObject({ case: text.optional(), value: z.unknown().optional() }),
  }),
  z.object({ type: z.literal('turn-ended'), usage: usage.optional() }),
  z.object({ type: z.literal('token-delta') }),
  z.object({ type: z.literal('user-message-appended') }),
  z.object({ type: z.literal('step-started') }),
  z.object({ type: z.literal('step-completed') }),
  z.object({ type: z.literal('tool-requests-listed') }),
]);
export type Update = z.infer<typeof update>;
export type ToolCallUpdate = Extract<Update, { type: 'tool-call-started' | 'tool-call-completed' }>;

/** The update; null if its type or shape is unknown. */
export const parseUpdate = (value: unknown): Update | null => update.safeParse(value).data ?? null;
