import { createRoute } from '@hono/zod-openapi';
import {
  confirmationListSchema,
  doneSchema,
  fileContentSchema,
  fileListSchema,
  validationSchema,
} from '../answers.ts';
import {
  confirmationBodySchema,
  confirmationsQuerySchema,
  createFileBodySchema,
  duplicateFileBodySchema,
  filePathQuerySchema,
  forgetFileBodySchema,
  saveFileBodySchema,
  startBodySchema,
  validateBodySchema,
} from '../requests.ts';
import { preflightViewSchema } from '../views.ts';
import { answers, body } from './answer.ts';

const tags = ['Workflows'];

export const workflowRoutes = {
  validate: createRoute({
    method: 'post',
    path: '/api/workflows/validate',
    tags,
    summary: 'Names every problem of a workflow at once',
    request: { body: body(validateBodySchema) },
    responses: answers(validationSchema, 'The judgement; a broken workflow is an answer too'),
  }),
  preflight: createRoute({
    method: 'post',
    path: '/api/preflight',
    tags,
    summary: 'What a start with this request would do, and what stands against it',
    request: { body: body(startBodySchema) },
    responses: answers(preflightViewSchema, 'The judgement'),
  }),
  confirmations: createRoute({
    method: 'get',
    path: '/api/confirmations',
    tags,
    summary: 'What was confirmed for good, by workflow',
    request: { query: confirmationsQuerySchema },
    responses: answers(confirmationListSchema, 'The confirmations'),
  }),
  confirm: createRoute({
    method: 'post',
    path: '/api/confirmations',
    tags,
    summary: 'Confirms something destructive once for a workflow',
    request: { body: body(confirmationBodySchema) },
    responses: answers(doneSchema, 'Noted'),
  }),
  files: createRoute({
    method: 'get',
    path: '/api/files',
    tags,
    summary: 'Recent workflow files and the examples',
    responses: answers(fileListSchema, 'The files'),
  }),
  readFile: createRoute({
    method: 'get',
    path: '/api/files/content',
    tags,
    summary: 'Reads a workflow file',
    request: { query: filePathQuerySchema },
    responses: answers(fileContentSchema, 'The file'),
  }),
  saveFile: createRoute({
    method: 'put',
    path: '/api/files/content',
    tags,
    summary: 'Saves a workflow file, unless somebody else changed it (`changed_on_disk`)',
    request: { body: body(saveFileBodySchema) },
    responses: answers(fileContentSchema, 'The file as it is now'),
  }),
  createFile: createRoute({
    method: 'post',
    path: '/api/files/create',
    tags,
    summary: 'Makes a new workflow file; never overwrites one',
    request: { body: body(createFileBodySchema) },
    responses: answers(fileContentSchema, 'The new file'),
  }),
  duplicateFile: createRoute({
    method: 'post',
    path: '/api/files/duplicate',
    tags,
    summary: 'Copies a workflow file; the copy has an id of its own',
    request: { body: body(duplicateFileBodySchema) },
    responses: answers(fileContentSchema, 'The new file'),
  }),
  forgetFile: createRoute({
    method: 'post',
    path: '/api/files/forget',
    tags,
    summary: 'Takes a file off the list of recent ones; the file itself stays',
    request: { body: body(forgetFileBodySchema) },
    responses: answers(doneSchema, 'Taken off'),
  }),
};
