import { createRoute } from '@hono/zod-openapi';
import { endpoints } from '../endpoints.ts';
import {
  mcpValueListSchema,
  mcpValuesQuerySchema,
  mcpValueViewSchema,
  mcpValueParamsSchema as params,
} from '../mcp-values.ts';
import { credentialBodySchema } from '../requests.ts';
import { body, responses } from './responses.ts';

const tags = ['MCP servers'];

export const mcpValueRoutes = {
  mcpValues: createRoute({
    ...endpoints.mcpValues,
    tags,
    summary: 'Returns which of these names have a value on this machine, without the values',
    request: { query: mcpValuesQuerySchema },
    responses: responses(mcpValueListSchema, 'The names'),
  }),
  saveMcpValue: createRoute({
    ...endpoints.saveMcpValue,
    tags,
    summary: 'Stores a value for MCP servers; it is used at once',
    request: { params, body: body(credentialBodySchema) },
    responses: responses(mcpValueViewSchema, 'Where the value is stored'),
  }),
  clearMcpValue: createRoute({
    ...endpoints.clearMcpValue,
    tags,
    summary: 'Removes a value from the keychain and from its file',
    request: { params },
    responses: responses(mcpValueViewSchema, 'What remains'),
  }),
};
