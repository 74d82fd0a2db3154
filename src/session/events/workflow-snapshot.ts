import { z } from 'zod';
import { agentIdSchema, connectionId, workflowIdSchema } from '../../workflow/ids.ts';

/**
 * The workflow as version 2 of `SessionStarted` stores it. Frozen: the schema of workflow files keeps changing, and that
 * must not affect running sessions. It is less strict than that schema, because only valid workflows are stored, and it
 * retains unknown fields. A new shape needs a new version of `SessionStarted` and an upcaster (`upcasters.ts`); never
 * change this one.
 */

const textList = z.array(z.string()).default([]);
const texts = z.record(z.string(), z.string());
const optionalText = z.string().exactOptional();

const agent = z.looseObject({
  id: agentIdSchema,
  name: z.string(),
  role: z.string().default('custom'),
  instructions: z.string().default(''),
  outputDefinition: z
    .union([
      z.string(),
      z.looseObject({
        description: z.string().default(''),
        fields: z.array(z.looseObject({ name: z.string(), description: optionalText })).default([]),
      }),
    ])
    .exactOptional(),
  inputFiles: textList,
  outputFiles: textList,
  model: optionalText,
  modelParameters: texts.exactOptional(),
  mode: z.enum(['agent', 'plan']).exactOptional(),
  images: z
    .array(z.looseObject({ url: optionalText, data: optionalText, mimeType: optionalText }))
    .exactOptional(),
  subagents: z
    .array(
      z.looseObject({
        name: z.string(),
        description: z.string(),
        prompt: z.string(),
        model: optionalText,
        modelParameters: texts.exactOptional(),
      }),
    )
    .exactOptional(),
  providerId: optionalText,
  runMode: z.enum(['local', 'cloud']).exactOptional(),
  planFirst: z.boolean().exactOptional(),
  loop: z
    .looseObject({
      exitCondition: z.string().default(''),
      promptTemplate: optionalText,
      maxIterations: z.number().exactOptional(),
    })
    .exactOptional(),
  position: z.looseObject({ x: z.number().default(0), y: z.number().default(0) }).prefault({}),
});

const connection = z
  .looseObject({
    id: z.string().brand<'ConnectionId'>().prefault(''),
    source: agentIdSchema,
    target: agentIdSchema,
    flowType: z.enum(['always', 'conditional', 'approval-gate', 'loop']).default('always'),
    handoffFormat: z
      .enum(['summary', 'structured-json', 'file-reference', 'full-output'])
      .default('summary'),
    handoffSchema: z.union([z.record(z.string(), z.unknown()), z.boolean()]).exactOptional(),
    dataDescription: optionalText,
    condition: optionalText,
    expression: optionalText,
    isElse: z.boolean().exactOptional(),
    label: optionalText,
    approvalPrompt: optionalText,
    loopCondition: optionalText,
    maxIterations: z.number().exactOptional(),
  })
  .overwrite((one) =>
    one.id === '' ? { ...one, id: connectionId(`${one.source}->${one.target}`) } : one,
  );

const cloud = z.looseObject({
  repos: z
    .array(z.looseObject({ url: z.string(), startingRef: optionalText, prUrl: optionalText }))
    .default([]),
  autoCreatePR: z.boolean().default(false),
  pullRequests: z.enum(['final-agents', 'each-agent']).default('final-agents'),
  workOnCurrentBranch: z.boolean().exactOptional(),
  skipReviewerRequest: z.boolean().exactOptional(),
  openAsCursorGithubApp: z.boolean().exactOptional(),
  envVars: z.array(z.string()).exactOptional(),
  allowNoRepository: z.boolean().default(false),
  env: z
    .looseObject({ type: z.enum(['cloud', 'pool', 'machine']), name: optionalText })
    .exactOptional(),
  maxConcurrentAgents: z.number().exactOptional(),
  maxAttempts: z.number().default(1),
});

const mcpServer = z.looseObject({
  name: z.string(),
  type: z.enum(['http', 'sse', 'stdio']).exactOptional(),
  url: optionalText,
  headers: texts.exactOptional(),
  auth: z
    .looseObject({
      CLIENT_ID: z.string(),
      CLIENT_SECRET: optionalText,
      scopes: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
  command: optionalText,
  args: z.array(z.string()).exactOptional(),
  env: texts.exactOptional(),
});

const local = z.looseObject({
  folder: optionalText,
  isolation: z.enum(['worktree', 'in-place']).default('worktree'),
  carryUncommitted: z.boolean().default(true),
  setup: textList,
  copy: textList,
  maxConcurrentAgents: z.number().exactOptional(),
  maxAttempts: z.number().exactOptional(),
});

const permission = z.enum(['allow', 'ask', 'deny']).exactOptional();

const permissions = z.looseObject({
  filesystemWrite: permission,
  execution: permission,
  network: permission,
  mcp: permission,
  rules: z
    .array(
      z.looseObject({
        category: z.enum(['filesystemWrite', 'execution', 'network', 'mcp', 'read']),
        pattern: z.string(),
        decision: z.enum(['allow', 'ask', 'deny']),
      }),
    )
    .default([]),
});

const loopAndEnhance = z.looseObject({
  enabled: z.boolean().default(false),
  maxRounds: z.number().default(3),
  budgetUsd: z.number().default(5),
  strictness: z.enum(['strict', 'lenient']).default('strict'),
  pauseBetweenRounds: z.boolean().default(false),
  plannerProviderId: optionalText,
  plannerModel: optionalText,
});

const settings = z.looseObject({
  providerId: optionalText,
  runMode: z.enum(['local', 'cloud']).default('local'),
  cloud: cloud.prefault({}),
  local: local.prefault({}),
  permissions: permissions.prefault({}),
  budget: z
    .looseObject({ usd: z.number().exactOptional(), tokens: z.number().exactOptional() })
    .prefault({}),
  loopAndEnhance: loopAndEnhance.prefault({}),
  mcpServers: z.array(mcpServer).default([]),
});

const number = (value: number) => z.number().default(value);

export const workflowSnapshotSchema = z.looseObject({
  version: z.literal('1.0'),
  id: workflowIdSchema,
  name: z.string(),
  description: z.string().default(''),
  agents: z.array(agent),
  columns: z.array(z.unknown()).default([]),
  connections: z.array(connection).default([]),
  settings: settings.prefault({}),
  viewport: z.looseObject({ x: number(0), y: number(0), zoom: number(1) }).prefault({}),
});
