import { z } from '@hono/zod-openapi';
import { instant } from './instant.ts';
import { nonBlankText } from './non-blank-text.ts';

/* Tool calls that wait for an answer, and the rules that answers create. */

const category = z.enum(['filesystem-write', 'execution', 'network', 'mcp', 'read', 'other']);

export const toolRequestViewSchema = z
  .object({
    id: z.string(),
    shortId: z.string().describe('A short form of the id that commands accept'),
    agentId: z.string(),
    attempt: z.number(),
    callId: z.string().nullable().describe('Id of the tool call in the transcript'),
    category: category,
    tool: z.string(),
    command: z.string().nullable(),
    path: z.string().nullable().describe('The file or the network address'),
    server: z.string().nullable().describe('The MCP server'),
    reason: z.string().nullable(),
    folder: z.string().describe("The agent's working folder"),
    summary: z.string().describe('In a few words, such as `wants to run: npm test`'),
    askedAt: instant,
  })
  .openapi('ToolRequest', { description: 'A tool call that is waiting to be allowed or denied' });
export type ToolRequestView = z.infer<typeof toolRequestViewSchema>;

/** One request in full. */
export const toolRequestDetailSchema = z
  .object({
    id: z.string(),
    args: z.unknown().describe('The arguments as the tool would receive them'),
    diff: z.string().nullable().describe('Unified diff, if the harness reports what would change'),
    suggestions: z
      .array(z.object({ pattern: z.string().nullable(), label: z.string() }))
      .describe('Patterns that an answer for the session or always can apply to, narrowest first'),
  })
  .openapi('ToolRequestDetail');
export type ToolRequestDetail = z.infer<typeof toolRequestDetailSchema>;

export const requestParamsSchema = z.object({
  id: z.string().min(1).openapi({ description: 'Session id, or any unique prefix of one' }),
  request: z.string().min(1).openapi({ description: 'Id of the request, or any unique prefix' }),
});

export const answerRequestBodySchema = z
  .object({
    decision: z.enum(['allow', 'deny']),
    scope: z.enum(['once', 'session', 'always']).default('once').openapi({
      description:
        '`session`: for all agents of this session. `always`: for this workflow in its folder, on this machine.',
    }),
    pattern: z.string().trim().min(1).max(1_000).optional().openapi({
      description: 'Which other calls the answer applies to; default: only identical calls',
    }),
    note: nonBlankText.optional().openapi({
      description: 'Shown to the agent if its call was denied',
    }),
    client: z.string().trim().min(1).max(40).default('api'),
  })
  .openapi('ToolRequestAnswer');
export type AnswerRequestBody = z.input<typeof answerRequestBodySchema>;

const permissionRuleViewSchema = z
  .object({
    category,
    pattern: z.string(),
    isExact: z.boolean().describe('Not a pattern, but exactly this text'),
    decision: z.enum(['allow', 'ask', 'deny']),
    folder: z.string(),
    answeredAt: instant,
  })
  .openapi('PermissionRule');
export type PermissionRuleView = z.infer<typeof permissionRuleViewSchema>;

export const permissionRulesSchema = z.object({ items: z.array(permissionRuleViewSchema) });
export const permissionRulesQuerySchema = z.object({ workflowId: z.string().min(1) });
export const forgetRuleBodySchema = z.object({
  workflowId: z.string().min(1),
  folder: z.string(),
  category,
  pattern: z.string(),
  isExact: z.boolean().default(false),
});
export type ForgetRuleBody = z.input<typeof forgetRuleBodySchema>;
