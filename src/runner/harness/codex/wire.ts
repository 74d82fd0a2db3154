import { z } from 'zod';

/**
 * The schemas of Codex's messages. Fields that another version may lack are optional, and additional ones are accepted;
 * `wire-check.ts` compares the schemas with the generated types of the pinned version.
 */
const text = z.string();
const failure = z.looseObject({
  message: text,
  codexErrorInfo: z.union([text, z.record(z.string(), z.unknown())]).nullish(),
  additionalDetails: text.nullish(),
});
export type CodexError = z.infer<typeof failure>;

/** An item of a Codex turn. The fields of known kinds are parsed where they are used. */
const itemSchema = z.looseObject({ type: text, id: text });
export type CodexItem = z.infer<typeof itemSchema>;

const tokens = z.looseObject({
  totalTokens: z.number(),
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  cacheWriteInputTokens: z.number().optional(),
  outputTokens: z.number(),
  reasoningOutputTokens: z.number(),
});
export type CodexTokens = z.infer<typeof tokens>;

const turn = z.looseObject({
  id: text,
  status: text,
  items: z.array(itemSchema).optional(),
  error: failure.nullish(),
  durationMs: z.number().nullish(),
});

const ofItem = { itemId: text, delta: text };

/** The notifications that are used. */
export const notifications = {
  'turn/started': z.looseObject({ turn }),
  'turn/completed': z.looseObject({ turn }),
  'item/started': z.looseObject({ turnId: text, item: itemSchema }),
  'item/completed': z.looseObject({ turnId: text, item: itemSchema }),
  'item/agentMessage/delta': z.looseObject(ofItem),
  'item/plan/delta': z.looseObject(ofItem),
  'item/reasoning/summaryTextDelta': z.looseObject(ofItem),
  'item/reasoning/textDelta': z.looseObject(ofItem),
  'item/reasoning/summaryPartAdded': z.looseObject({ itemId: text, summaryIndex: z.number() }),
  'item/commandExecution/outputDelta': z.looseObject(ofItem),
  'thread/tokenUsage/updated': z.looseObject({
    turnId: text,
    tokenUsage: z.looseObject({ total: tokens, last: tokens }),
  }),
  error: z.looseObject({ error: failure, willRetry: z.boolean() }),
  warning: z.looseObject({ message: text }),
  'model/rerouted': z.looseObject({ toModel: text.optional() }),
  'serverRequest/resolved': z.looseObject({ requestId: z.union([text, z.number()]) }),
  'mcpServer/startupStatus/updated': z.looseObject({
    name: text,
    status: text,
    error: text.nullish(),
  }),
} as const;
type Notifications = typeof notifications;
export type Notification = {
  [Method in keyof Notifications]: {
    readonly method: Method;
    readonly params: z.infer<Notifications[Method]>;
  };
}[keyof Notifications];

/** Null for unused and invalid notifications. */
export function readNotification(method: string, params: unknown): Notification | null {
  if (!Object.hasOwn(notifications, method)) return null;
  // `hasOwn` has just confirmed it.
  const name = method as keyof Notifications;
  const parsed = notifications[name].safeParse(params);
  // The schema under a name parses the params of that method.
  return parsed.success ? ({ method: name, params: parsed.data } as Notification) : null;
}

export const threadOf = z.looseObject({ threadId: text });

const forThread = { threadId: text, turnId: text.nullish() };
export const commandApproval = z.looseObject({
  ...forThread,
  itemId: text,
  kind: text.optional(),
  command: text.nullish(),
  cwd: text.nullish(),
  reason: text.nullish(),
  networkApprovalContext: z.looseObject({ host: text, protocol: text }).nullish(),
});
export const patchApproval = z.looseObject({ ...forThread, itemId: text, reason: text.nullish() });
export const elicitation = z.looseObject({
  ...forThread,
  serverName: text,
  message: text.optional(),
  url: text.optional(),
  _meta: z.unknown().optional(),
});
/** Metadata of an elicitation by which Codex asks permission for an MCP tool call. */
export const toolCallMeta = z.looseObject({
  codex_approval_kind: z.literal('mcp_tool_call'),
  tool_params: z.unknown().optional(),
});
export const userQuestions = z.looseObject({
  ...forThread,
  questions: z.array(z.looseObject({ question: text })),
});

export const commandItem = z.looseObject({
  command: text,
  cwd: text.nullish(),
  status: text,
  aggregatedOutput: text.nullish(),
  exitCode: z.number().nullish(),
  durationMs: z.number().nullish(),
});
const fileChange = z.looseObject({
  path: text,
  kind: z.looseObject({ type: text, move_path: text.nullish() }),
  diff: text,
});
export const patchItem = z.looseObject({ status: text, changes: z.array(fileChange) });
export type FileChange = z.infer<typeof fileChange>;
export const mcpItem = z.looseObject({
  server: text,
  tool: text,
  status: text,
  arguments: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ message: text }).nullish(),
});

export const startedThread = z.looseObject({ thread: z.looseObject({ id: text }) });
export const startedTurn = z.looseObject({ turn: z.looseObject({ id: text }) });
export const listedTurns = z.looseObject({ data: z.array(turn) });
export const initialized = z.looseObject({ userAgent: text });
