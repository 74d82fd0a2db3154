import { z } from '@hono/zod-openapi';

/** Instants are ISO 8601 in UTC. */
export const instant = z.string().describe('ISO 8601, UTC');
