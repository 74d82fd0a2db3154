import type { ModelMessage } from 'ai';
import { z } from 'zod';

/** In the format of the library; a conversation is read by the version that wrote it or a later one. */
const message = z.custom<ModelMessage>(
  (value) => typeof value === 'object' && value !== null && 'role' in value && 'content' in value,
  'not a message',
);
const text = z.string().min(1);

/** The outcome of a tool call, as the model gets it. `unknown`: the result was not recorded. */
const outcome = z.object({
  kind: z.enum(['done', 'failed', 'denied', 'cancelled', 'unknown']),
  text: z.string(),
  images: z.array(z.object({ data: z.string(), mediaType: z.string() })).optional(),
});
export type Outcome = z.infer<typeof outcome>;

/** A line of the conversation of a thread. `parent`: the id of the task call, for a subagent. */
export const recordSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('prompt'),
    turnId: text,
    message,
    model: text.optional(),
    modelParameters: z.record(z.string(), z.string()).optional(),
    mode: z.enum(['agent', 'plan']).optional(),
  }),
  /** A complete answer of the model. It is recorded before its calls run. */
  z.object({ type: z.literal('answer'), turnId: text, message, parent: text.optional() }),
  z.object({
    type: z.literal('outcome'),
    turnId: text,
    callId: text,
    name: text,
    outcome,
    parent: text.optional(),
  }),
  /** A command that a call has started; after a crash, the next host ends it. */
  z.object({ type: z.literal('process'), pid: z.number(), began: z.string().optional() }),
  /** The messages before the last `kept` ones were replaced by `summary`. */
  z.object({ type: z.literal('compacted'), turnId: text, summary: message, kept: z.number() }),
]);
export type Record = z.infer<typeof recordSchema>;
