import { z } from 'zod';
import { idName, pageUrl, readableItems, repositoryName, shownName } from '../untrusted-names.ts';
import { runStatusSchema } from '../wire.ts';

/**
 * The protocol between daemon and SDK host, over the IPC channel of the fork. The API key is part of each call, never of
 * the child's arguments or environment, which other programs could read.
 */
const text = z.string().min(1);
const mcpServers = z.record(z.string(), z.unknown()).optional();

const model = z.object({
  id: text,
  params: z.array(z.object({ id: text, value: text })).optional(),
});
const mode = z.enum(['agent', 'plan']).optional();
const image = z.union([z.object({ url: text }), z.object({ data: text, mimeType: text })]);
const subagent = z.object({
  name: text,
  description: text,
  prompt: text,
  model: z.union([z.literal('inherit'), model]).optional(),
});

const launchOperation = z.object({
  name: z.literal('launch'),
  /** Absent with variables, because Cursor then chooses the id. */
  agentId: text.optional(),
  agentName: text,
  prompt: text,
  images: z.array(image).optional(),
  model: model.optional(),
  mode,
  subagents: z.array(subagent).optional(),
  mcpServers,
  // Required, because without `cloud` the SDK silently creates a local agent.
  cloud: z.object({
    repos: z.array(z.object({ url: text, startingRef: text.optional(), prUrl: text.optional() })),
    autoCreatePR: z.boolean(),
    workOnCurrentBranch: z.boolean().optional(),
    skipReviewerRequest: z.boolean().optional(),
    openAsCursorGithubApp: z.boolean().optional(),
    envVars: z.record(z.string(), z.string()).optional(),
    env: z.object({ type: z.enum(['cloud', 'pool', 'machine']), name: text.optional() }).optional(),
    metadata: z.record(z.string(), z.string()),
  }),
});
const followUpOperation = z.object({
  name: z.literal('followUp'),
  agentId: text,
  prompt: text,
  model: model.optional(),
  mode,
  mcpServers,
});
const reconnectOperation = z.object({ name: z.literal('reconnect'), agentId: text, runId: text });
const cancelOperation = z.object({ name: z.literal('cancel'), agentId: text, runId: text });
const meOperation = z.object({ name: z.literal('me') });
const modelsOperation = z.object({ name: z.literal('models') });
const repositoriesOperation = z.object({ name: z.literal('repositories') });

const operationSchema = z.discriminatedUnion('name', [
  launchOperation,
  followUpOperation,
  reconnectOperation,
  cancelOperation,
  meOperation,
  modelsOperation,
  repositoriesOperation,
]);
export type Operation = z.infer<typeof operationSchema>;
export type OperationName = Operation['name'];
export type OperationOf<Name extends OperationName> = Extract<Operation, { name: Name }>;

const startedRun = z.object({
  agentId: idName,
  runId: idName,
  status: runStatusSchema,
  agentUrl: pageUrl.optional().catch(undefined),
});
const optionalName = shownName.optional().catch(undefined);

/** The schema of each operation's result. */
export const valueSchemas = {
  launch: startedRun,
  followUp: startedRun,
  reconnect: z.object({ agentId: idName, runId: idName }),
  cancel: z.null(),
  me: z.object({
    apiKeyName: shownName.catch(''),
    userId: z.union([z.string(), z.number()]).optional().catch(undefined),
    userEmail: optionalName,
    userFirstName: optionalName,
    userLastName: optionalName,
  }),
  models: readableItems(
    z.object({
      id: idName,
      displayName: optionalName,
      aliases: readableItems(idName).optional().catch(undefined),
      parameters: readableItems(
        z.object({ id: idName, values: readableItems(z.object({ value: idName })) }),
      )
        .optional()
        .catch(undefined),
    }),
  ),
  repositories: readableItems(z.object({ url: repositoryName })),
} satisfies Record<OperationName, z.ZodType>;
export type Value<Name extends OperationName> = z.infer<(typeof valueSchemas)[Name]>;

/** An error of the SDK as plain data, because class instances cannot be sent over IPC. */
const thrownSchema = z.object({
  name: z.string(),
  message: z.string(),
  code: z.string().optional(),
  status: z.number().optional(),
  /** `METHOD /path` of the failed request; absent if the SDK failed before sending one. */
  endpoint: z.string().optional(),
  helpUrl: z.string().optional(),
  /** System error codes along the chain of causes. */
  causes: z.array(z.string()),
  /** The raw `Retry-After` header, which the SDK ignores. */
  retryAfter: z.string().optional(),
});
export type Thrown = z.infer<typeof thrownSchema>;

export const toHostSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), id: z.number(), apiKey: text, operation: operationSchema }),
  z.object({ kind: z.literal('abort'), id: z.number() }),
]);
export type ToHost = z.infer<typeof toHostSchema>;

export const fromHostSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('value'), id: z.number(), value: z.unknown() }),
  z.object({ kind: z.literal('thrown'), id: z.number(), thrown: thrownSchema }),
]);
export type FromHost = z.infer<typeof fromHostSchema>;
