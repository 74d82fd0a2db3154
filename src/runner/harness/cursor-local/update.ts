import { z } from 'zod';

/**
 * What of the SDK's updates is read here. Each has a type of its own; the others, and those of a later version, are
 * kept as they came. The SDK's own schemas would refuse a whole update for a tool that they do not know.
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

/** Parts of a subagent's own turn, as they are passed on while its task is in progress. */
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

/** The update, or null when it is of a kind or shape that nobody here knows. */
export const parseUpdate = (value: unknown): Update | null => update.safeParse(value).data ?? null;
