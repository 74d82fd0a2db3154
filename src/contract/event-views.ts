import { z } from '@hono/zod-openapi';
import { instant } from './instant.ts';

/** One event as clients read it: the envelope, then the event's own fields next to it. */
export const eventViewSchema = z
  .looseObject({
    seq: z.number().describe('Counts within the session, from 1, without gaps'),
    position: z.number().describe('Counts over all sessions; resumes `/api/events`'),
    at: instant,
    sessionId: z.string(),
    agentId: z.string().nullable(),
    type: z.string(),
  })
  .openapi('Event');
export type EventView = z.infer<typeof eventViewSchema>;
