import { createRoute } from '@hono/zod-openapi';
import {
  appliedAllSchema,
  appliedSchema,
  applyAllBodySchema,
  applyAllPlanSchema,
  applyBodySchema,
  applyPlanSchema,
  changesQuerySchema,
  changesViewSchema,
  patchQuerySchema,
  patchViewSchema,
  planApplyAllBodySchema,
  planApplyBodySchema,
  pullRequestBodySchema,
  pullRequestPageSchema,
  undoBodySchema,
  undoneSchema,
} from '../changes.ts';
import { endpoints } from '../endpoints.ts';
import { sessionParamsSchema as params } from '../requests.ts';
import { body, responses } from './responses.ts';

const tags = ['Changes'];

export const changesRoutes = {
  changes: createRoute({
    ...endpoints.changes,
    tags,
    summary: 'Returns what an agent or the whole session changed',
    request: { params, query: changesQuerySchema },
    responses: responses(changesViewSchema, 'The changes'),
  }),
  patch: createRoute({
    ...endpoints.patch,
    tags,
    summary: 'Returns the difference of one file',
    request: { params, query: patchQuerySchema },
    responses: responses(patchViewSchema, 'A unified diff'),
  }),
  planApply: createRoute({
    ...endpoints.planApply,
    tags,
    summary: 'Returns what applying the changes to a folder would do. Changes nothing',
    request: { params, body: body(planApplyBodySchema) },
    responses: responses(applyPlanSchema, 'The plan'),
  }),
  applyChanges: createRoute({
    ...endpoints.applyChanges,
    tags,
    summary: 'Applies the changes to a folder as planned: all of them or none',
    request: { params, body: body(applyBodySchema) },
    responses: responses(appliedSchema, 'What was changed'),
  }),
  planApplyAll: createRoute({
    ...endpoints.planApplyAll,
    tags,
    summary: 'Says what applying the changes of all places would do, each to its own folder',
    request: { params, body: body(planApplyAllBodySchema) },
    responses: responses(applyAllPlanSchema, 'The plan'),
  }),
  applyAllChanges: createRoute({
    ...endpoints.applyAllChanges,
    tags,
    summary: 'Applies the changes of all places as planned: all of them or none',
    request: { params, body: body(applyAllBodySchema) },
    responses: responses(appliedAllSchema, 'What was changed'),
  }),
  undoApply: createRoute({
    ...endpoints.undoApply,
    tags,
    summary: 'Restores the folder to its state before changes of this session were applied',
    request: { params, body: body(undoBodySchema) },
    responses: responses(undoneSchema, 'What was restored'),
  }),
  openPullRequest: createRoute({
    ...endpoints.openPullRequest,
    tags,
    summary: 'Pushes a branch if needed, and returns the page on which a pull request is opened',
    request: { params, body: body(pullRequestBodySchema) },
    responses: responses(pullRequestPageSchema, 'The page'),
  }),
};
