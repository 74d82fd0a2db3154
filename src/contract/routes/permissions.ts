import { createRoute } from '@hono/zod-openapi';
import { endpoints } from '../endpoints.ts';
import {
  answerRequestBodySchema,
  forgetRuleBodySchema,
  requestParamsSchema as params,
  permissionRulesQuerySchema,
  permissionRulesSchema,
  toolRequestDetailSchema,
} from '../permissions.ts';
import { doneSchema } from '../responses.ts';
import { body, responses } from './responses.ts';

const tags = ['Permissions'];

export const permissionRoutes = {
  toolRequest: createRoute({
    ...endpoints.toolRequest,
    tags,
    summary: 'Returns a tool call that is waiting for an answer, with its arguments',
    request: { params },
    responses: responses(toolRequestDetailSchema, 'The request'),
  }),
  answerToolRequest: createRoute({
    ...endpoints.answerToolRequest,
    tags,
    summary: 'Allows or denies a waiting tool call; the first answer counts',
    request: { params, body: body(answerRequestBodySchema) },
    responses: responses(doneSchema, 'Accepted'),
  }),
  permissionRules: createRoute({
    ...endpoints.permissionRules,
    tags,
    summary: 'Lists the "always" answers for a workflow on this machine',
    request: { query: permissionRulesQuerySchema },
    responses: responses(permissionRulesSchema, 'The rules'),
  }),
  forgetPermissionRule: createRoute({
    ...endpoints.forgetPermissionRule,
    tags,
    summary: 'Forgets such an answer, so that the question is asked again',
    request: { body: body(forgetRuleBodySchema) },
    responses: responses(doneSchema, 'Forgotten'),
  }),
};
