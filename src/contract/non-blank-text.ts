import { z } from '@hono/zod-openapi';
import { isBlank } from '../lib/blank.ts';

/** Text that must contain a visible character. */
export const nonBlankText = z
  .string()
  .trim()
  .min(1)
  .refine((text) => !isBlank(text), 'must contain text that can be seen');
