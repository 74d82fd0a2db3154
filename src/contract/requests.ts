import { z } from '@hono/zod-openapi';
import { nonBlankText } from './non-blank-text.ts';
import { confirmationKindSchema } from './preflight-views.ts';

/** What clients send. Parsed once, where it enters. */

/** `true`, `false`, `1` or `0` in a query; absent means false. */
const flag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])])
  .default(false)
  .transform((value) => value === true || value === 'true' || value === '1')
  .openapi({ type: 'boolean', default: false });

/** Words separated by commas in a query. */
const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) =>
    (typeof value === 'string' ? value.split(',') : value).filter((word) => word !== ''),
  )
  .openapi({ type: 'string', description: 'Comma-separated' });

const count = z.coerce.number<number>().int().min(0);

export const sessionParamsSchema = z.object({
  id: z
    .string()
    .min(1)
    .openapi({ description: 'Session id, or any unique prefix of one', example: 's_0c4f1a2b' }),
});

const budgetLimits = z.object({
  usd: z.number().positive().optional(),
  tokens: z.number().int().positive().optional(),
});

export const budgetBodySchema = z.object({
  usd: z.number().positive().nullable().optional().openapi({ description: 'Null: no limit' }),
  tokens: z.number().int().positive().nullable().optional(),
  client: z.string().trim().min(1).max(40).default('api'),
});
export type BudgetBody = z.input<typeof budgetBodySchema>;

const repositoryTargets = z.array(
  z.object({ url: z.string(), startingRef: z.string().optional(), prUrl: z.string().optional() }),
);

const absolutePath = z
  .string()
  .min(1)
  .openapi({ description: 'Absolute path of a `.cerevisor` file' });

export const validateBodySchema = z
  .object({ path: absolutePath, workflow: z.unknown(), text: z.string() })
  .partial()
  .openapi('ValidateRequest', {
    description: 'Exactly one of path, workflow and text is required',
  });
export type ValidateBody = z.input<typeof validateBodySchema>;

/** `s_` and 32 hex digits. */
const newSessionId = /^s_[0-9a-f]{32}$/;

export const startBodySchema = z
  .object({
    sessionId: z.string().regex(newSessionId).optional().openapi({
      description:
        "The client's own id for the session. If a request is repeated with the same id because its response was lost, nothing new starts.",
    }),
    workflow: z.unknown().optional().openapi({ description: 'The workflow document' }),
    path: absolutePath.optional().openapi({
      description: 'The workflow file; together with `workflow`, only the origin of that document',
    }),
    mode: z.enum(['cloud', 'local']).optional(),
    folder: z.string().min(1).optional().openapi({
      description: 'Absolute path of the folder to work in, for agents on this machine',
    }),
    currentFolder: z.string().min(1).optional().openapi({
      description: 'The current folder of the command, used if nothing else names a folder',
    }),
    repositories: repositoryTargets.optional(),
    autoCreatePr: z.boolean().optional(),
    input: z.string().optional(),
    budget: budgetLimits.optional().openapi({
      description: 'Budget of the session; overrides the workflow',
    }),
    onlyAgentId: z.string().optional().openapi({ description: 'Run only this agent (id or name)' }),
    confirmed: z.array(confirmationKindSchema).optional(),
    confirmedContent: z.record(z.string(), z.string()).optional().openapi({
      description:
        '`content` of each confirmation, by kind. If the content has changed since, the question is asked again.',
    }),
  })
  .openapi('StartRequest');
export type StartBody = z.input<typeof startBodySchema>;

export const sessionsQuerySchema = z.object({
  all: flag.describe('Include dismissed sessions'),
  mode: z
    .enum(['cloud', 'local'])
    .optional()
    .openapi({ description: 'Only sessions with agents in this run mode; default: all' }),
  workflow: z
    .string()
    .min(1)
    .optional()
    .openapi({ description: 'Only sessions of the workflow with this id' }),
  status: list.optional().openapi({
    description:
      'Comma-separated session statuses, and `queued` for running sessions that wait for a free slot',
  }),
  queued: z.enum(['true', 'false']).optional().openapi({
    description: 'If true, only sessions that wait for a free slot; if false, only the others',
  }),
  settled: z.enum(['true', 'false']).optional(),
  search: z.string().optional(),
  limit: count.max(500).default(100),
  offset: count.default(0),
  order: z.enum(['newest', 'needs-you-first']).default('newest'),
});
export type SessionsQuery = z.input<typeof sessionsQuerySchema>;

export const eventsQuerySchema = z.object({
  after: count.optional(),
  before: count.optional(),
  limit: count.min(1).max(2000).default(500),
  agent: z.string().optional().openapi({ description: 'Id or name' }),
  types: list.optional(),
  newestFirst: flag,
});
export type EventsQuery = z.input<typeof eventsQuerySchema>;

export const eventStreamQuerySchema = z.object({
  after: count.optional().openapi({
    description:
      'Continue after this position (or `seq`, with `session`). `Last-Event-ID` takes precedence. Default: 0.',
  }),
  session: z.string().optional().openapi({ description: 'Only events of this session' }),
  types: list.optional(),
});

const agentReference = z.string().min(1).openapi({ description: 'Id or name' });

/** Strict: a misspelt field would address the whole session instead of one agent. */
export const optionalAgentBodySchema = z.strictObject({ agent: agentReference.optional() });
export const agentBodySchema = z.object({ agent: agentReference });
export const followUpBodySchema = z.object({
  agent: agentReference,
  text: nonBlankText,
  model: z
    .string()
    .trim()
    .min(1)
    .optional()
    .openapi({ description: 'Applies to this and all later prompts' }),
  modelParameters: z.record(z.string().min(1), z.string().min(1)).optional(),
  mode: z.enum(['agent', 'plan']).optional(),
});
export type FollowUpBody = z.input<typeof followUpBodySchema>;
export const answerBodySchema = z
  .object({
    question: z.string().min(1).optional().openapi({
      description:
        'Id of the question, id or label of its connection, or its agent. Not needed if only one question is open.',
    }),
    answer: z.enum(['approve', 'reject', 'changes']),
    note: nonBlankText.optional(),
    plan: z.string().optional().openapi({
      description:
        'With `approve` on a plan: the plan as you changed it, in Markdown. The agent carries out this one.',
    }),
    client: z
      .string()
      .trim()
      .min(1)
      .max(40)
      .default('api')
      .openapi({ description: 'Where the answer was given, as shown to others: `app` or `cli`' }),
  })
  .openapi('AnswerRequest');
export type AnswerBody = z.input<typeof answerBodySchema>;
export const emptyBodySchema = z.object({});

export const environmentBodySchema = z
  .object({
    keyHash: z
      .string()
      .optional()
      .describe('HMAC-SHA256 of CURSOR_API_KEY with the token of the daemon, in hexadecimal'),
    backendUrl: z.string().optional().describe('CURSOR_BACKEND_URL'),
  })
  .openapi('Environment');
export type EnvironmentBody = z.infer<typeof environmentBodySchema>;

const sessionReferences = z.array(z.string().min(1)).min(1);

export const dismissBodySchema = z
  .union([
    z.object({ ids: sessionReferences }),
    sessionsQuerySchema
      .pick({ mode: true, status: true, queued: true, search: true })
      .extend({ settled: z.literal(true) }),
  ])
  .openapi('DismissRequest', {
    description: 'Either `ids`, or `settled: true` for all settled sessions that match the filter',
  });
export type DismissBody = z.input<typeof dismissBodySchema>;

export const restoreBodySchema = z.object({ ids: sessionReferences }).openapi('RestoreRequest');
export type RestoreBody = z.input<typeof restoreBodySchema>;

export const artifactFileParamsSchema = z.object({
  id: sessionParamsSchema.shape.id,
  agent: agentReference,
  file: z
    .string()
    .min(1)
    .openapi({ description: 'The `file` field of the artifact; never a path' }),
});
export const artifactFileQuerySchema = z.object({ inline: flag });

export const loginBodySchema = z.object({ code: z.string().min(1).max(200) });

export const activateBodySchema = z.object({ key: z.string().trim().min(1) });

export const credentialBodySchema = z.object({
  key: z.string().trim().min(1),
  store: z.enum(['keychain', 'file']).default('keychain'),
  /** A file is readable by every program of this user, so it takes a word of consent. */
  consent: z.boolean().default(false),
});
export type CredentialBody = z.input<typeof credentialBodySchema>;
export const validateCredentialBodySchema = z.object({
  key: z.string().trim().min(1).optional().openapi({ description: 'Default: the key in use' }),
});

export const preferencesBodySchema = z
  .looseObject({})
  .openapi('PreferencesChange', { description: 'Only the preferences to change' });

export const refreshQuerySchema = z.object({ refresh: flag });

export const filePathQuerySchema = z.object({ path: absolutePath });
export const saveFileBodySchema = z.object({
  path: absolutePath,
  text: z.string(),
  expectedHash: z
    .string()
    .nullable()
    .openapi({ description: '`hash` of the file when it was read; null only for a new file' }),
});
export const createFileBodySchema = z.object({
  name: z.string().trim().min(1).max(120),
  text: z.string().optional().openapi({ description: 'Default: an empty workflow' }),
  folder: z.string().optional().openapi({ description: 'Default: the default folder of the app' }),
});
export const forgetFileBodySchema = z.object({ path: absolutePath });
export type CreateFileBody = z.input<typeof createFileBodySchema>;
export const duplicateFileBodySchema = z.object({
  path: absolutePath,
  name: z.string().trim().min(1).max(120).optional(),
});

export const orphanParamsSchema = z.object({ id: z.string().min(1) });

export const confirmationsQuerySchema = z.object({ workflowId: z.string().optional() });
export const confirmationBodySchema = z.object({
  workflowId: z.string().min(1),
  kind: confirmationKindSchema,
});

export const stopBodySchema = z
  .object({
    all: z.boolean().optional().openapi({
      description: 'End the agents on this machine too; agents in the cloud continue',
    }),
  })
  .openapi('StopRequest');
