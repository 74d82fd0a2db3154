import type { z } from '@hono/zod-openapi';
import { type StatusView, statusViewSchema } from './daemon-views.ts';
import type { EndpointName } from './endpoints.ts';
import { type EventView, eventViewSchema } from './event-views.ts';
import { routes } from './routes.ts';

/*
 * Checks responses of a daemon from another build. This module is loaded only then, because loading the schemas of all
 * responses takes longer than the rest of a command.
 */

/** The response of an endpoint, parsed by its schema; null if it does not match. */
export function checkResponse(name: EndpointName, json: unknown): unknown {
  // Every JSON route is built with `responses(schema)`, and the client calls no other routes in this way.
  const { content } = routes[name].responses[200] as {
    content: { 'application/json': { schema: z.ZodType } };
  };
  const parsed = content['application/json'].schema.safeParse(json);
  return parsed.success ? parsed.data : null;
}

/** An event, parsed by its schema. @throws ZodError if it does not match */
export const checkEvent = (json: unknown): EventView => eventViewSchema.parse(json);

export function checkStatus(json: unknown): StatusView | null {
  const parsed = statusViewSchema.safeParse(json);
  return parsed.success ? parsed.data : null;
}
