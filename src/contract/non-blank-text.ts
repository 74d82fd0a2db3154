import { z } from '@hono/zod-openapi';
import { isBlank } from '../lib/blank.ts';

/** What a person has to write: something of it can be seen. */
export const nonBlankText = z
  .string()
  .trim()
  .min(1)
  .refine((text) => !isBlank(text), 'must contain text that can be seen');
