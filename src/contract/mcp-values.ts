import { z } from '@hono/zod-openapi';

/* The user's values for MCP servers, which replace `${NAME}` in a workflow. */

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/);

export const mcpValueViewSchema = z
  .object({
    name: z.string(),
    source: z.enum(['environment', 'keychain', 'file', 'none']),
    masked: z.string().nullable(),
  })
  .openapi('McpValue');
export type McpValueView = z.infer<typeof mcpValueViewSchema>;

export const mcpValueListSchema = z.object({ items: z.array(mcpValueViewSchema) });
export const mcpValueParamsSchema = z.object({ name });
export const mcpValuesQuerySchema = z.object({
  names: z
    .string()
    .transform((text) => text.split(',').filter((one) => one !== ''))
    .pipe(z.array(name).max(200))
    .openapi({ type: 'string', description: 'Names, separated by commas' }),
});
