import type { z } from '@hono/zod-openapi';
import { errorBodySchema } from '../views.ts';

const refused = {
  description: 'Rejected or failed; `code` is stable (see the list of error codes)',
  content: { 'application/json': { schema: errorBodySchema } },
} as const;

/** Responses of a route that answers with this JSON, or with an error. */
export function responses<Schema extends z.ZodType>(schema: Schema, description: string) {
  return {
    200: { description, content: { 'application/json': { schema } } },
    default: refused,
  } as const;
}

/** Responses of a route that answers with something else than JSON. */
export function responsesWith(mediaType: string, description: string) {
  return {
    200: { description, content: { [mediaType]: { schema: { type: 'string' as const } } } },
    default: refused,
  };
}

/** A JSON body that has to be there. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}
