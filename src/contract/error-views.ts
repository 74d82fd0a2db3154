import { z } from '@hono/zod-openapi';

/** What went wrong, as clients see it. */

export const errorViewSchema = z
  .object({ code: z.string(), message: z.string(), suggestion: z.string().optional() })
  .openapi('Error');
export type ErrorView = z.infer<typeof errorViewSchema>;

/** One problem or notice of a workflow, with its position in the file. */
export const problemSchema = z
  .object({
    code: z.string(),
    severity: z.enum(['error', 'warning', 'notice']),
    message: z.string(),
    suggestion: z.string().optional(),
    path: z.array(z.union([z.string(), z.number()])),
    pointer: z.string(),
    line: z.number().optional(),
    column: z.number().optional(),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof problemSchema>;

/** Body of every response that is not 2xx. `problems` lists all problems of a rejected workflow. */
export const errorBodySchema = z.object({
  error: errorViewSchema.extend({
    problems: z.array(problemSchema).optional(),
    /** Ids that the given prefix or name could mean, when it means several. */
    candidates: z.array(z.string()).optional(),
  }),
});
