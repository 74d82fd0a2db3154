import { createRoute } from '@hono/zod-openapi';
import { endpoints } from '../endpoints.ts';
import { folderListSchema, foldersQuerySchema } from '../folders.ts';
import { preflightViewSchema } from '../preflight-views.ts';
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
import {
  confirmationListSchema,
  doneSchema,
  fileContentSchema,
  fileListSchema,
  validationSchema,
} from '../responses.ts';
import { body, responses } from './responses.ts';

const tags = ['Workflows'];

export const workflowRoutes = {
  validate: createRoute({
    ...endpoints.validate,
    tags,
    summary: 'Reports all problems of a workflow at once',
    request: { body: body(validateBodySchema) },
    responses: responses(validationSchema, 'The validation, even if the workflow cannot be read'),
  }),
  preflight: createRoute({
    ...endpoints.preflight,
    tags,
    summary: 'Returns what a start with this request would do, and what prevents it',
    request: { body: body(startBodySchema) },
    responses: responses(preflightViewSchema, 'The validation'),
  }),
  confirmations: createRoute({
    ...endpoints.confirmations,
    tags,
    summary: 'Lists permanent confirmations, by workflow',
    request: { query: confirmationsQuerySchema },
    responses: responses(confirmationListSchema, 'The confirmations'),
  }),
  confirm: createRoute({
    ...endpoints.confirm,
    tags,
    summary: 'Confirms something destructive once for a workflow',
    request: { body: body(confirmationBodySchema) },
    responses: responses(doneSchema, 'Noted'),
  }),
  files: createRoute({
    ...endpoints.files,
    tags,
    summary: 'Lists recent workflow files and the examples',
    responses: responses(fileListSchema, 'The files'),
  }),
  folders: createRoute({
    ...endpoints.folders,
    tags,
    summary:
      "Lists the folders in a folder inside the user's home folder, and those of earlier sessions",
    request: { query: foldersQuerySchema },
    responses: responses(folderListSchema, 'The folders'),
  }),
  readFile: createRoute({
    ...endpoints.readFile,
    tags,
    summary: 'Reads a workflow file',
    request: { query: filePathQuerySchema },
    responses: responses(fileContentSchema, 'The file'),
  }),
  saveFile: createRoute({
    ...endpoints.saveFile,
    tags,
    summary: 'Saves a workflow file, unless another program has changed it (`changed_on_disk`)',
    request: { body: body(saveFileBodySchema) },
    responses: responses(fileContentSchema, 'The saved file'),
  }),
  createFile: createRoute({
    ...endpoints.createFile,
    tags,
    summary: 'Creates a new workflow file; never overwrites a file',
    request: { body: body(createFileBodySchema) },
    responses: responses(fileContentSchema, 'The new file'),
  }),
  duplicateFile: createRoute({
    ...endpoints.duplicateFile,
    tags,
    summary: 'Copies a workflow file; the copy gets its own id',
    request: { body: body(duplicateFileBodySchema) },
    responses: responses(fileContentSchema, 'The new file'),
  }),
  forgetFile: createRoute({
    ...endpoints.forgetFile,
    tags,
    summary: 'Removes a file from the list of recent files; the file itself is kept',
    request: { body: body(forgetFileBodySchema) },
    responses: responses(doneSchema, 'Removed from the list'),
  }),
};
