import { z } from 'zod';
import {
  type PermissionPolicy,
  type PermissionRule,
  type ToolAnswer,
  type ToolRequest,
  type ToolRequestEnd,
  toolCategories,
} from './tool-request.ts';

/** Schemas of the types in `tool-request.ts`, for data from the network or from disk. */
const text = z.string().optional();
const category = z.enum(toolCategories);
const decision = z.enum(['allow', 'ask', 'deny']);

export const toolRequestSchema = z.object({
  requestId: z.string().min(1),
  callId: text,
  category,
  tool: z.string(),
  args: z.unknown(),
  command: text,
  path: text,
  diff: text,
  server: text,
  reason: text,
  folder: z.string(),
}) satisfies z.ZodType<ToolRequest>;

export const toolAnswerSchema = z.object({
  decision: z.enum(['allow', 'deny']),
  scope: z.enum(['once', 'session']),
  note: text,
  pattern: text,
}) satisfies z.ZodType<ToolAnswer>;

export const toolRequestEndSchema = z.discriminatedUnion('outcome', [
  z.object({
    requestId: z.string(),
    outcome: z.literal('answered'),
    answer: toolAnswerSchema,
  }),
  z.object({ requestId: z.string(), outcome: z.literal('withdrawn'), reason: z.string() }),
]) satisfies z.ZodType<ToolRequestEnd>;

export const permissionRuleSchema = z.object({
  category,
  pattern: z.string(),
  decision,
  isExact: z.boolean().optional(),
  isAnswer: z.boolean().optional(),
}) satisfies z.ZodType<PermissionRule>;

export const permissionPolicySchema = z.object({
  filesystemWrite: decision,
  execution: decision,
  network: decision,
  mcp: decision,
  rules: z.array(permissionRuleSchema),
}) satisfies z.ZodType<PermissionPolicy>;
