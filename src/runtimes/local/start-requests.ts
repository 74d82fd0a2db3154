import { z } from 'zod';
import { permissionPolicySchema } from '../../permissions/schema.ts';
import { identifier } from './protocol.ts';

/** Requests of the daemon to the runner that start a thread or a further turn. */

const parameters = z.record(z.string(), z.string()).exactOptional();
const turnOptions = {
  model: z.string().exactOptional(),
  modelParameters: parameters,
  mode: z.enum(['agent', 'plan']).exactOptional(),
};

const workspaceRequestSchema = z.object({
  sessionId: z.string(),
  sessionPrefix: z.string(),
  workflowName: z.string(),
  agentName: z.string(),
  agentId: z.string().exactOptional(),
  attempt: z.number(),
  folder: z.string(),
  isolation: z.enum(['worktree', 'in-place']),
  carryUncommitted: z.boolean(),
  setup: z.array(z.string()),
  copy: z.array(z.string()),
  bases: z.array(
    z.object({
      agentName: z.string(),
      repoUrl: z.string().exactOptional(),
      branch: z.string(),
      commit: z.string().exactOptional(),
    }),
  ),
  sizeCapBytes: z.number().exactOptional(),
});

/** The secrets of a request. They are never stored; the runner keeps them in memory until the turn ends. */
const secretsSchema = z.object({
  apiKey: z.string(),
  /** Variables of the agent's shell. */
  variables: parameters,
  /** May contain keys of the servers. */
  mcpServers: z.record(z.string(), z.unknown()).exactOptional(),
});

const turnRequest = z.object({
  turnId: identifier,
  prompt: z.string(),
  images: z
    .array(
      z.object({
        url: z.string().exactOptional(),
        data: z.string().exactOptional(),
        mimeType: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  /** The reason for a follow-up, such as `resume`; absent for the first turn. */
  purpose: z.string().exactOptional(),
  /** JSON Schema of the required answer. */
  outputSchema: z.record(z.string(), z.unknown()).exactOptional(),
  ...turnOptions,
});

export const harnessIds = ['cursor-local', 'claude', 'codex', 'openai-compatible'] as const;
export type HarnessId = (typeof harnessIds)[number];

/** How a harness reaches its provider. The key is in `secrets`. */
export const connectionSchema = z.object({
  baseUrl: z.string().exactOptional(),
  api: z.enum(['chat-completions', 'anthropic-messages', 'responses']).exactOptional(),
  program: z
    .object({
      path: z.string(),
      version: z.string(),
      /** Claude only: the folder of the package that drives the program. */
      library: z.string().exactOptional(),
    })
    .exactOptional(),
  /** The user's own configuration folder of the harness, if its login is to be used. */
  configFolder: z.string().exactOptional(),
});

export const threadRequestSchema = z.object({
  name: z.string(),
  harness: z.enum(harnessIds),
  connection: connectionSchema.exactOptional(),
  /** If absent, the harness does not ask before tool calls. */
  permissions: permissionPolicySchema.exactOptional(),
  workspace: workspaceRequestSchema,
  subagents: z
    .array(
      z.object({
        name: z.string(),
        description: z.string(),
        prompt: z.string(),
        model: z.string().exactOptional(),
        modelParameters: parameters,
      }),
    )
    .exactOptional(),
  sandbox: z.boolean(),
  settingSources: z.array(z.string()),
  backendUrl: z.string().exactOptional(),
  metadata: z.record(z.string(), z.string()),
});

/** `PUT /v1/threads/:threadId` */
export const startThreadSchema = z.object({
  thread: threadRequestSchema,
  turn: turnRequest,
  secrets: secretsSchema,
});
export type StartThread = z.infer<typeof startThreadSchema>;

/** `PUT /v1/threads/:threadId/turns/:turnId` */
export const startTurnSchema = z.object({
  turn: turnRequest,
  secrets: secretsSchema,
  /** How to reach the provider from this turn on. */
  connection: connectionSchema.exactOptional(),
});
export type StartTurn = z.infer<typeof startTurnSchema>;
