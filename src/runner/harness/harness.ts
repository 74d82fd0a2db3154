import { z } from 'zod';
import {
  permissionPolicySchema,
  toolAnswerSchema,
  toolRequestSchema,
} from '../../permissions/schema.ts';
import { rawItemSchema, turnUsageSchema } from '../../runtimes/local/protocol.ts';
import { connectionSchema, harnessIds } from '../../runtimes/local/start-requests.ts';

/**
 * What the runner and a host say to each other, over the IPC channel of the fork. A host is a child process of the
 * runner with one harness, for one thread or (`toSharedHostSchema`) for several. The API key travels in `open`: it never stands in the child's arguments or
 * environment, where the agent's own commands could read it.
 *
 * The order of a life: the host is forked, says `ready`, gets `open`, and then one `turn` at a time, each answered by
 * `items` and exactly one `ended`. It says `alive` all the while. `failed` means that it cannot work at all; it ends by
 * itself after that, after `close`, and when the channel closes, because then its runner is gone.
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
  /** Which tool calls are allowed, asked about or denied; absent if the harness cannot ask. */
  permissions: permissionPolicySchema.optional(),
  /** Nothing was ever asked of this thread. Otherwise the harness takes it up again from `storeFolder`. */
  isNew: z.boolean(),
  name: z.string().optional(),
  /** The working folder. */
  cwd: text,
  model: text.optional(),
  modelParameters: parameters.optional(),
  mcpServers: z.record(z.string(), z.unknown()).optional(),
  subagents: z.array(subagent).optional(),
  /** The harness confines the agent's tools; where the machine cannot, the host answers `failed`. */
  sandbox: z.boolean(),
  /** Which settings of the person and of the project the harness reads, in the harness's own words. */
  settingSources: z.array(z.string()),
  /** For the harness's own files. */
  storeFolder: text,
  /** For what the harness keeps for all threads of this home. */
  harnessFolder: text.optional(),
  /** Of the agent's shell, where the process of the host serves other threads too; otherwise they stand in its environment. */
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
  /** JSON Schema of what the turn has to answer with; for harnesses that can be held to one. */
  outputSchema: z.record(z.string(), z.unknown()).optional(),
});
export type HostTurn = z.infer<typeof hostTurnSchema>;

export const toHostSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), thread: hostThreadSchema }),
  hostTurnSchema.extend({ kind: z.literal('turn') }),
  z.object({ kind: z.literal('cancel'), turnId: text }),
  /** The runner has written so many more items to disk; who has much unstored holds back. */
  z.object({ kind: z.literal('stored'), count: z.number() }),
  /** A person's answer to a request, which the runner has on disk. */
  z.object({
    kind: z.literal('answer'),
    turnId: text,
    requestId: text,
    answer: toolAnswerSchema,
  }),
  z.object({ kind: z.literal('close') }),
]);
export type ToHost = z.infer<typeof toHostSchema>;

/** Why a turn or a host failed. `code` is ours and stable (`docs/errors.md`). */
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
  /** It waits no longer, and nobody has answered. */
  z.object({
    kind: z.literal('withdrawn'),
    turnId: text,
    requestId: text,
    reason: z.string(),
  }),
  /** Every `HOST_HEARTBEAT_EVERY_MS`. */
  z.object({ kind: z.literal('alive'), rssBytes: z.number() }),
  z.object({ kind: z.literal('failed'), failure: hostFailureSchema }),
  /** Of a shared host: the thread was closed, and the process continues with others. */
  z.object({ kind: z.literal('closed') }),
]);
export type FromHost = z.infer<typeof fromHostSchema>;

/**
 * A host that serves several threads gets and sends the same messages, each with the thread that it belongs to; what
 * concerns the process (`ready`, `alive`, and `close` to end it) stands alone.
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

/** In the environment of a host and of everything that it starts: the thread that they belong to. */
export const THREAD_VARIABLE = 'CEREVISOR_THREAD';
