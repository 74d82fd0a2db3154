import type { z } from '@hono/zod-openapi';
import { type StatusView, statusViewSchema } from './daemon-views.ts';
import type { EndpointName } from './endpoints.ts';
import { type EventView, eventViewSchema } from './event-views.ts';
import { routes } from './routes.ts';

/**
 * Checks what a daemon of another build sent. It is loaded only then: loading the schemas of all responses takes a
 * client longer than the rest of a command.
 */

/** The response of an endpoint, parsed by its schema; null if it has another shape. */
export function checkResponse(name: EndpointName, json: unknown): unknown {
  // Every JSON route is built by `answers(schema)`; the client asks no others in this way.
  const { content } = routes[name].responses[200] as {
    content: { 'application/json': { schema: z.ZodType } };
  };
  const parsed = content['application/json'].schema.safeParse(json);
  return parsed.success ? parsed.data : null;
}

/** @throws ZodError when it is none. */
export const checkEvent = (json: unknown): EventView => eventViewSchema.parse(json);

export function checkStatus(json: unknown): StatusView | null {
  const parsed = statusViewSchema.safeParse(json);
  return parsed.success ? parsed.data : null;
}
