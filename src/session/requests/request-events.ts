import { z } from 'zod';
import { toolRequestSchema } from '../../permissions/schema.ts';
import { agentId, attempt, text, turnId } from '../events/event-parts.ts';

/** Tool calls that need the user's permission, and their outcomes. */

const ofRequest = { agentId, attempt, turnId, requestId: text };

export const toolRequested = z.object({
  type: z.literal('ToolRequested'),
  agentId,
  attempt,
  turnId,
  request: toolRequestSchema,
});

/** Stored before it is sent. `always` also stores a rule for the workflow on this machine. */
export const toolRequestAnswered = z.object({
  type: z.literal('ToolRequestAnswered'),
  ...ofRequest,
  decision: z.enum(['allow', 'deny']),
  scope: z.enum(['once', 'session', 'always']),
  note: text.exactOptional(),
  pattern: text.exactOptional(),
  by: text.describe('Where it was answered: `app`, `cli`; `rule` if an earlier answer covers it'),
});

/** The runtime has received the answer. */
export const toolAnswerDelivered = z.object({
  type: z.literal('ToolAnswerDelivered'),
  ...ofRequest,
});

/** The answer is no longer needed. A turn that continues after a crash asks again. */
export const toolRequestWithdrawn = z.object({
  type: z.literal('ToolRequestWithdrawn'),
  ...ofRequest,
  reason: text,
});
