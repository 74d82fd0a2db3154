import type { z } from '@hono/zod-openapi';
import { errorBodySchema } from '../error-views.ts';

const refused = {
  description: 'Rejected or failed; `code` is stable (see the list of error codes)',
  content: { 'application/json': { schema: errorBodySchema } },
} as const;

/** Responses of a route that returns this JSON, or an error. */
export function responses<Schema extends z.ZodType>(schema: Schema, description: string) {
  return {
    200: { description, content: { 'application/json': { schema } } },
    default: refused,
  } as const;
}

/** Responses of a route that returns something other than JSON. */
export function responsesWith(mediaType: string, description: string) {
  return {
    200: { description, content: { [mediaType]: { schema: { type: 'string' as const } } } },
    default: refused,
  };
}

/** A required JSON body. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}
