import { z } from 'zod';
import { permissionPolicySchema } from '../../permissions/schema.ts';
import { identifier } from './protocol.ts';

/** What the daemon sends to the runner to begin a thread or a further turn. */

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

/** What of a request is never written down: it lives in the runner's memory until the turn has ended. */
const secretsSchema = z.object({
  apiKey: z.string(),
  /** Variables of the agent's shell. */
  variables: parameters,
  /** May hold keys of the servers. */
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
  /** Why it was sent, such as `resume`; the first turn has none. */
  purpose: z.string().exactOptional(),
  /** JSON Schema of what the turn has to answer with. */
  outputSchema: z.record(z.string(), z.unknown()).exactOptional(),
  ...turnOptions,
});

export const harnessIds = ['cursor-local', 'claude', 'codex', 'openai-compatible'] as const;
export type HarnessId = (typeof harnessIds)[number];

/** How a harness reaches its provider. The key travels apart from it, in `secrets`. */
export const connectionSchema = z.object({
  baseUrl: z.string().exactOptional(),
  api: z.enum(['chat-completions', 'anthropic-messages', 'responses']).exactOptional(),
  program: z
    .object({
      path: z.string(),
      version: z.string(),
      /** Of Claude: the folder of the package that drives the program. */
      library: z.string().exactOptional(),
    })
    .exactOptional(),
  /** The person's own folder of the harness, where they want its login to be used. */
  configFolder: z.string().exactOptional(),
});

export const threadRequestSchema = z.object({
  name: z.string(),
  harness: z.enum(harnessIds),
  connection: connectionSchema.exactOptional(),
  /** Absent: the harness asks for nothing. */
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
  /** How the provider is reached now; counts from this turn on. */
  connection: connectionSchema.exactOptional(),
});
export type StartTurn = z.infer<typeof startTurnSchema>;
