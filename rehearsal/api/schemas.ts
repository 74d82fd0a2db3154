import { z } from 'zod';

const maxImageBytes = 15 * 1024 * 1024;
const builtInSubagents = new Set(['explore', 'shell', 'debug', 'computeruse', 'cursorguide']);
const httpUrl = z.string().refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), {
  message: 'Must be an http or https URL',
});
const byteLength = (text: string): number => Buffer.byteLength(text);

const dimension = z.object({ width: z.number().positive(), height: z.number().positive() });
const image = z
  .object({
    data: z
      .string()
      .min(1)
      .refine((data) => data.length * 0.75 <= maxImageBytes, 'An image can have at most 15 MB')
      .optional(),
    mimeType: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']).optional(),
    url: httpUrl.optional(),
    dimension: dimension.optional(),
  })
  .refine(
    ({ data, mimeType, url }) =>
      (url === undefined) === (data !== undefined) &&
      (data === undefined) === (mimeType === undefined),
    'Provide either data with mimeType, or url',
  );

const prompt = z.object({
  text: z.string().min(1, 'Must not be empty'),
  images: z.array(image).max(5).optional(),
});

const model = z.object({
  id: z.string().min(1),
  params: z.array(z.object({ id: z.string().min(1), value: z.string() })).optional(),
});

const serverName = z.string().min(1);
const remoteServer = z.strictObject({
  name: serverName,
  type: z.enum(['http', 'sse']).optional(),
  url: httpUrl.refine((url) => new URL(url).username === '', 'Must not contain user info'),
  headers: z.record(z.string(), z.string()).optional(),
  auth: z
    .strictObject({
      CLIENT_ID: z.string(),
      CLIENT_SECRET: z.string().optional(),
      scopes: z.array(z.string()).optional(),
    })
    .optional(),
});
const stdioServer = z.strictObject({
  name: serverName,
  type: z.literal('stdio').optional(),
  command: z.string().min(1),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const isUnique = (items: readonly { readonly name: string }[]): boolean =>
  new Set(items.map(({ name }) => name)).size === items.length;
const mcpServers = z
  .array(z.union([remoteServer, stdioServer]))
  .max(50)
  .refine(isUnique, 'Names must be unique');

const customSubagent = z.object({
  name: z
    .string()
    .min(1)
    .max(100)
    .refine(
      (name) => !builtInSubagents.has(name.toLowerCase()),
      'This is the name of a built-in subagent',
    ),
  description: z.string().min(1).max(1_000),
  prompt: z.string().min(1).max(8_192),
  model: z.union([z.string().min(1), model]).optional(),
});

const environmentVariables = z
  .record(
    z
      .string()
      .refine(
        (name) => byteLength(name) >= 1 && byteLength(name) <= 255,
        'A name must have 1 to 255 bytes',
      )
      .refine((name) => !/[=\0]/.test(name), 'A name cannot contain "=" or NUL')
      .refine((name) => !name.toUpperCase().startsWith('CURSOR_'), 'CURSOR_ names are reserved'),
    z
      .string()
      .refine(
        (value) => byteLength(value) >= 1 && byteLength(value) <= 4_096,
        'A value must have 1 to 4096 bytes',
      )
      .refine((value) => !value.includes('\0'), 'A value cannot contain NUL'),
  )
  .refine((variables) => Object.keys(variables).length <= 50, 'At most 50 variables');

const repository = z.object({
  url: z.string().min(1),
  startingRef: z.string().min(1).max(255).optional(),
  prUrl: httpUrl.optional(),
});

const mode = z.enum(['agent', 'plan']);

export const createAgentBody = z
  .object({
    prompt,
    model: model.optional(),
    name: z.string().min(1).max(100).optional(),
    env: z
      .object({ type: z.enum(['cloud', 'pool', 'machine']), name: z.string().min(1).optional() })
      .optional(),
    repos: z.array(repository).max(20).optional(),
    workOnCurrentBranch: z.boolean().optional(),
    autoCreatePR: z.boolean().optional(),
    skipReviewerRequest: z.boolean().optional(),
    openAsCursorGithubApp: z.boolean().optional(),
    envVars: environmentVariables.optional(),
    runEnvVars: environmentVariables.optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    agentServeAgent: z.string().optional(),
    mcpServers: mcpServers.optional(),
    customSubagents: z
      .array(customSubagent)
      .max(20)
      .refine(isUnique, 'Names must be unique')
      .optional(),
    mode: mode.optional(),
    agentId: z
      .string()
      .regex(
        /^bc-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
        'Must be bc-<uuid>',
      )
      .optional(),
  })
  .refine((body) => body.agentId === undefined || body.envVars === undefined, {
    message: 'agentId cannot be combined with envVars',
    path: ['agentId'],
  })
  .refine(
    ({ env, repos }) =>
      !(env?.type === 'cloud' && env.name !== undefined && (repos?.length ?? 0) > 0),
    { message: 'A named cloud environment excludes repos', path: ['env'] },
  )
  .refine(
    ({ env, repos }) => {
      const acceptsOneRepository =
        env?.type === 'machine' || (env?.type === 'pool' && (env.name ?? 'default') === 'default');
      return !acceptsOneRepository || (repos?.length ?? 0) <= 1;
    },
    { message: 'This environment accepts only one repository', path: ['repos'] },
  );

export type CreateAgentBody = z.infer<typeof createAgentBody>;

export const createRunBody = z.object({
  prompt,
  mcpServers: mcpServers.optional(),
  mode: mode.optional(),
  model: model.optional(),
  envVars: environmentVariables.optional(),
});

export type CreateRunBody = z.infer<typeof createRunBody>;
