import { createRoute } from '@hono/zod-openapi';
import {
  credentialValidationSchema,
  modelListSchema,
  preferencesViewSchema,
  repositoryListSchema,
  smokeTestSchema,
} from '../answers.ts';
import {
  activateBodySchema,
  credentialBodySchema,
  emptyBodySchema,
  preferencesBodySchema,
  refreshQuerySchema,
  validateCredentialBodySchema,
} from '../requests.ts';
import { credentialViewSchema, licenseViewSchema } from '../views.ts';
import { answers, body } from './answer.ts';

const tags = ['Settings'];

export const settingsRoutes = {
  license: createRoute({
    method: 'get',
    path: '/api/license',
    tags,
    summary: 'The licence and what it allows',
    responses: answers(licenseViewSchema, 'The licence'),
  }),
  activateLicense: createRoute({
    method: 'post',
    path: '/api/license/activate',
    tags,
    summary: 'Activates a licence key',
    request: { body: body(activateBodySchema) },
    responses: answers(licenseViewSchema, 'The licence as it is now'),
  }),
  deactivateLicense: createRoute({
    method: 'post',
    path: '/api/license/deactivate',
    tags,
    summary: 'Removes the licence key from this machine',
    request: { body: body(emptyBodySchema) },
    responses: answers(licenseViewSchema, 'The licence as it is now'),
  }),
  credentials: createRoute({
    method: 'get',
    path: '/api/credentials',
    tags,
    summary: "Where Cursor's key comes from; never the key itself",
    responses: answers(credentialViewSchema, 'The credential'),
  }),
  saveCredentials: createRoute({
    method: 'put',
    path: '/api/credentials',
    tags,
    summary: "Stores Cursor's key",
    request: { body: body(credentialBodySchema) },
    responses: answers(credentialViewSchema, 'The credential as it is now'),
  }),
  clearCredentials: createRoute({
    method: 'delete',
    path: '/api/credentials',
    tags,
    summary: "Removes Cursor's key from the keychain and from its file",
    responses: answers(credentialViewSchema, 'The credential as it is now'),
  }),
  validateCredentials: createRoute({
    method: 'post',
    path: '/api/credentials/validate',
    tags,
    summary: 'Asks Cursor whose key this is',
    request: { body: body(validateCredentialBodySchema) },
    responses: answers(credentialValidationSchema, 'The answer'),
  }),
  smokeTest: createRoute({
    method: 'post',
    path: '/api/smoke-test',
    tags,
    summary: 'Proves that key, network and backend work together',
    request: { body: body(emptyBodySchema) },
    responses: answers(smokeTestSchema, 'The result; a failed test is an answer too'),
  }),
  preferences: createRoute({
    method: 'get',
    path: '/api/preferences',
    tags,
    summary: 'Preferences of this machine',
    responses: answers(preferencesViewSchema, 'The preferences'),
  }),
  savePreferences: createRoute({
    method: 'put',
    path: '/api/preferences',
    tags,
    summary: 'Changes preferences; what is left out stays as it is',
    request: { body: body(preferencesBodySchema) },
    responses: answers(preferencesViewSchema, 'The preferences as they are now'),
  }),
  repositories: createRoute({
    method: 'get',
    path: '/api/repositories',
    tags,
    summary: 'Repositories that Cursor can reach. Cached: Cursor allows one call a minute',
    request: { query: refreshQuerySchema },
    responses: answers(repositoryListSchema, 'The repositories'),
  }),
  models: createRoute({
    method: 'get',
    path: '/api/models',
    tags,
    summary: 'Models that Cursor offers to this key',
    responses: answers(modelListSchema, 'The models'),
  }),
};
