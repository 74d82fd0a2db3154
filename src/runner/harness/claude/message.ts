import { z } from 'zod';

/** The SDK's messages, as far as they are used. Others are ignored. */

const block = z.looseObject({ type: z.string() });
const parent = z.string().nullish();

const assistant = z.looseObject({
  type: z.literal('assistant'),
  uuid: z.string().optional(),
  parent_tool_use_id: parent,
  /** Set if the message contains an error instead of an answer of the model. */
  error: z.string().optional(),
  /** Ids of messages that this one replaces. */
  supersedes: z.array(z.string()).optional(),
  message: z.looseObject({
    id: z.string(),
    model: z.string().optional(),
    content: z.array(block),
  }),
});

const user = z.looseObject({
  type: z.literal('user'),
  parent_tool_use_id: parent,
  tool_use_result: z.unknown().optional(),
  message: z.looseObject({ content: z.union([z.string(), z.array(block)]) }),
});

const tokens = z.number().nullish();
const streamEvent = z.looseObject({
  type: z.literal('stream_event'),
  parent_tool_use_id: parent,
  event: z.looseObject({
    type: z.string(),
    message: z
      .looseObject({
        id: z.string(),
        usage: z
          .looseObject({
            input_tokens: tokens,
            cache_creation_input_tokens: tokens,
            cache_read_input_tokens: tokens,
            output_tokens: tokens,
          })
          .nullish(),
      })
      .optional(),
    delta: z
      .looseObject({
        type: z.string().optional(),
        text: z.string().optional(),
        thinking: z.string().optional(),
        stop_reason: z.string().nullish(),
      })
      .optional(),
    usage: z.looseObject({ output_tokens: tokens }).nullish(),
  }),
});

const modelUsage = z.looseObject({
  inputTokens: z.number().default(0),
  outputTokens: z.number().default(0),
  cacheReadInputTokens: z.number().default(0),
  cacheCreationInputTokens: z.number().default(0),
  thinkingTokens: z.number().default(0),
});

const result = z.looseObject({
  type: z.literal('result'),
  subtype: z.string(),
  is_error: z.boolean().default(false),
  result: z.string().optional(),
  structured_output: z.unknown().optional(),
  errors: z.array(z.string()).default([]),
  api_error_status: z.number().nullish(),
  terminal_reason: z.string().nullish(),
  duration_ms: z.number().optional(),
  /** For all turns of the session; estimated from the program's table of prices. */
  total_cost_usd: z.number().optional(),
  modelUsage: z.record(z.string(), modelUsage).default({}),
});

const system = z.looseObject({
  type: z.literal('system'),
  subtype: z.string(),
  /** `api_retry` */
  attempt: z.number().optional(),
  max_retries: z.number().optional(),
  retry_delay_ms: z.number().optional(),
  error_status: z.number().nullish(),
  error: z.string().optional(),
  /** `compact_boundary` */
  compact_metadata: z.looseObject({ trigger: z.string(), pre_tokens: z.number() }).optional(),
  /** `model_refusal_fallback`, `informational` */
  retracted_message_uuids: z.array(z.string()).optional(),
  content: z.string().optional(),
  level: z.string().optional(),
  /** `notification` */
  text: z.string().optional(),
  priority: z.string().optional(),
  /** `init` */
  session_id: z.string().optional(),
  model: z.string().optional(),
  mcp_servers: z
    .array(z.looseObject({ name: z.string(), status: z.string(), error: z.string().optional() }))
    .optional(),
});

const message = z.discriminatedUnion('type', [assistant, user, streamEvent, result, system]);

export type ClaudeMessage = z.infer<typeof message>;
export type AssistantMessage = z.infer<typeof assistant>;
export type UserAnswer = z.infer<typeof user>;
export type StreamEvent = z.infer<typeof streamEvent>['event'];
export type TurnResult = z.infer<typeof result>;
export type SystemMessage = z.infer<typeof system>;

/** Null for messages that are not used. */
export const parseMessage = (raw: unknown): ClaudeMessage | null =>
  message.safeParse(raw).data ?? null;

const toolUse = z.looseObject({ id: z.string(), name: z.string(), input: z.unknown() });
const toolResult = z.looseObject({
  tool_use_id: z.string(),
  is_error: z.boolean().nullish(),
  content: z
    .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
    .nullish(),
});

export type ToolUse = z.infer<typeof toolUse>;
export type ToolResult = z.infer<typeof toolResult>;
export type Block = z.infer<typeof block>;

export const toolUseOf = (one: Block): ToolUse | null =>
  one.type === 'tool_use' ? (toolUse.safeParse(one).data ?? null) : null;

export const toolResultOf = (one: Block): ToolResult | null =>
  one.type === 'tool_result' ? (toolResult.safeParse(one).data ?? null) : null;

export function textOf(one: Block): string {
  if (one.type === 'text' && typeof one.text === 'string') return one.text;
  return one.type === 'thinking' && typeof one.thinking === 'string' ? one.thinking : '';
}
