import type { ModelMessage } from 'ai';
import { z } from 'zod';

/** As the library has them; a conversation is read by the version that wrote it, or a later one. */
const message = z.custom<ModelMessage>(
  (value) => typeof value === 'object' && value !== null && 'role' in value && 'content' in value,
  'not a message',
);
const text = z.string().min(1);

/** What a tool call came to, as the model is told it. `unknown`: nobody recorded its result. */
const outcome = z.object({
  kind: z.enum(['done', 'failed', 'denied', 'cancelled', 'unknown']),
  text: z.string(),
  images: z.array(z.object({ data: z.string(), mediaType: z.string() })).optional(),
});
export type Outcome = z.infer<typeof outcome>;

/** A line of the conversation of a thread. `parent`: of a subagent, the call of the task that it works on. */
export const recordSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('prompt'),
    turnId: text,
    message,
    model: text.optional(),
    modelParameters: z.record(z.string(), z.string()).optional(),
    mode: z.enum(['agent', 'plan']).optional(),
  }),
  /** An answer of the model, whole. Calls in it are written down before any of them is carried out. */
  z.object({ type: z.literal('answer'), turnId: text, message, parent: text.optional() }),
  z.object({
    type: z.literal('outcome'),
    turnId: text,
    callId: text,
    name: text,
    outcome,
    parent: text.optional(),
  }),
  /** A command that a call has started: whoever comes after a crash ends what is left of it. */
  z.object({ type: z.literal('process'), pid: z.number(), began: z.string().optional() }),
  /** What came before the last `kept` messages stands in `summary` from now on. */
  z.object({ type: z.literal('compacted'), turnId: text, summary: message, kept: z.number() }),
]);
export type Record = z.infer<typeof recordSchema>;
