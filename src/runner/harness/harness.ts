import { z } from 'zod';
import {
  permissionPolicySchema,
  toolAnswerSchema,
  toolRequestSchema,
} from '../../permissions/schema.ts';
import { rawItemSchema, turnUsageSchema } from '../../runtimes/local/protocol.ts';
import { connectionSchema, harnessIds } from '../../runtimes/local/start-requests.ts';

/**
 * The protocol between the runner and a host, over the IPC channel of the fork. A host is a child process of the runner
 * with one harness, for one thread or (`toSharedHostSchema`) for several. The API key is sent in `open`: in the
 * arguments or the environment of the child, the agent's own commands could read it.
 * The runner forks the host, which sends `ready` and then `alive` at regular intervals. The runner sends `open`, and
 * then one `turn` at a time, which the host answers with `items` and exactly one `ended`. `failed` means that the host
 * cannot work at all. The host exits after `failed`, after `close`, and when the channel closes because the runner is
 * gone.
 */

const text = z.string().min(1);
const parameters = z.record(z.string(), z.string());

const subagent = z.object({
  name: text,
  description: text,
  prompt: text,
  model: text.optional(),
  modelParameters: parameters.optional(),
});

const hostThreadSchema = z.object({
  threadId: text,
  harness: z.enum(harnessIds),
  connection: connectionSchema.optional(),
  /** The permission policy for tool calls; absent if the harness cannot ask. */
  permissions: permissionPolicySchema.optional(),
  /** The thread has no turns yet. Otherwise the harness resumes it from `storeFolder`. */
  isNew: z.boolean(),
  name: z.string().optional(),
  /** The working folder. */
  cwd: text,
  model: text.optional(),
  modelParameters: parameters.optional(),
  mcpServers: z.record(z.string(), z.unknown()).optional(),
  subagents: z.array(subagent).optional(),
  /**
   * The harness runs the agent's tools in a sandbox; if the machine does not support that, the host sends `failed`.
   */
  sandbox: z.boolean(),
  /** The harness-specific names of the settings sources that it reads. */
  settingSources: z.array(z.string()),
  /** The folder for the harness's files. */
  storeFolder: text,
  /** The folder for files that the harness shares between all threads of this home. */
  harnessFolder: text.optional(),
  /** Environment variables of the agent's shell, for shared hosts; other hosts have them in their own environment. */
  variables: parameters.optional(),
  apiKey: text,
  backendUrl: text.optional(),
});
export type HostThread = z.infer<typeof hostThreadSchema>;

const hostTurnSchema = z.object({
  turnId: text,
  prompt: z.string(),
  images: z
    .array(
      z.object({
        url: z.string().optional(),
        data: z.string().optional(),
        mimeType: z.string().optional(),
      }),
    )
    .optional(),
  model: text.optional(),
  modelParameters: parameters.optional(),
  mode: z.enum(['agent', 'plan']).optional(),
  /** JSON Schema of the turn's answer, for harnesses that can enforce one. */
  outputSchema: z.record(z.string(), z.unknown()).optional(),
});
export type HostTurn = z.infer<typeof hostTurnSchema>;

export const toHostSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), thread: hostThreadSchema }),
  hostTurnSchema.extend({ kind: z.literal('turn') }),
  z.object({ kind: z.literal('cancel'), turnId: text }),
  /** The runner has stored this many more items; a host with too many unstored items slows down. */
  z.object({ kind: z.literal('stored'), count: z.number() }),
  /** The answer to a request; the runner has stored it already. */
  z.object({
    kind: z.literal('answer'),
    turnId: text,
    requestId: text,
    answer: toolAnswerSchema,
  }),
  z.object({ kind: z.literal('close') }),
]);
export type ToHost = z.infer<typeof toHostSchema>;

/** Why a turn or a host failed. `code` is stable (`docs/errors.md`). */
const hostFailureSchema = z.object({
  code: text,
  message: z.string(),
  suggestion: z.string().optional(),
});
export type HostFailure = z.infer<typeof hostFailureSchema>;

export type TurnUsage = z.infer<typeof turnUsageSchema>;

export const turnEndSchema = z.object({
  status: z.enum(['FINISHED', 'ERROR', 'CANCELLED', 'INTERRUPTED']),
  result: z.string().optional(),
  usage: turnUsageSchema.optional(),
  failure: hostFailureSchema.optional(),
  durationMs: z.number().optional(),
});
export type TurnEnd = z.infer<typeof turnEndSchema>;

export const fromHostSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('items'), turnId: text, items: z.array(rawItemSchema) }),
  z.object({ kind: z.literal('ended'), turnId: text, end: turnEndSchema }),
  /** A tool call waits for an answer, however long that takes. */
  z.object({ kind: z.literal('request'), turnId: text, request: toolRequestSchema }),
  /** The tool call does not wait for an answer anymore. */
  z.object({
    kind: z.literal('withdrawn'),
    turnId: text,
    requestId: text,
    reason: z.string(),
  }),
  /** A heartbeat, every `HOST_HEARTBEAT_EVERY_MS`. */
  z.object({ kind: z.literal('alive'), rssBytes: z.number() }),
  z.object({ kind: z.literal('failed'), failure: hostFailureSchema }),
  /** From a shared host: the thread was closed, and the process continues. */
  z.object({ kind: z.literal('closed') }),
]);
export type FromHost = z.infer<typeof fromHostSchema>;

/**
 * The messages of a shared host are the same, with the id of their thread. Messages about the process itself (`ready`,
 * `alive`, and `close` to end it) have no thread id.
 */
export const toSharedHostSchema = z.union([
  z.object({ threadId: text, message: toHostSchema }),
  z.object({ kind: z.literal('close') }),
]);
export type ToSharedHost = z.infer<typeof toSharedHostSchema>;
export const fromSharedHostSchema = z.union([
  z.object({ threadId: text, message: fromHostSchema }),
  fromHostSchema,
]);

export const HOST_HEARTBEAT_EVERY_MS = 5_000;

/** Environment variable of a host and its descendants: the id of their thread. */
export const THREAD_VARIABLE = 'CEREVISOR_THREAD';
