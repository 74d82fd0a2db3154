import { createRoute } from '@hono/zod-openapi';
import { endpoints } from '../endpoints.ts';
import {
  activateBodySchema,
  credentialBodySchema,
  emptyBodySchema,
  preferencesBodySchema,
  refreshQuerySchema,
  validateCredentialBodySchema,
} from '../requests.ts';
import {
  credentialValidationSchema,
  modelListSchema,
  preferencesViewSchema,
  repositoryListSchema,
  smokeTestSchema,
} from '../responses.ts';
import { credentialViewSchema, licenseViewSchema } from '../views.ts';
import { body, responses } from './responses.ts';

const tags = ['Settings'];

export const settingsRoutes = {
  license: createRoute({
    ...endpoints.license,
    tags,
    summary: 'The licence and what it allows',
    responses: responses(licenseViewSchema, 'The licence'),
  }),
  activateLicense: createRoute({
    ...endpoints.activateLicense,
    tags,
    summary: 'Activates a licence key',
    request: { body: body(activateBodySchema) },
    responses: responses(licenseViewSchema, 'The licence as it is now'),
  }),
  deactivateLicense: createRoute({
    ...endpoints.deactivateLicense,
    tags,
    summary: 'Removes the licence key from this machine',
    request: { body: body(emptyBodySchema) },
    responses: responses(licenseViewSchema, 'The licence as it is now'),
  }),
  credentials: createRoute({
    ...endpoints.credentials,
    tags,
    summary: "Where Cursor's key comes from; never the key itself",
    responses: responses(credentialViewSchema, 'The credential'),
  }),
  saveCredentials: createRoute({
    ...endpoints.saveCredentials,
    tags,
    summary: "Stores Cursor's key",
    request: { body: body(credentialBodySchema) },
    responses: responses(credentialViewSchema, 'The credential as it is now'),
  }),
  clearCredentials: createRoute({
    ...endpoints.clearCredentials,
    tags,
    summary: "Removes Cursor's key from the keychain and from its file",
    responses: responses(credentialViewSchema, 'The credential as it is now'),
  }),
  validateCredentials: createRoute({
    ...endpoints.validateCredentials,
    tags,
    summary: 'Asks Cursor whose key this is',
    request: { body: body(validateCredentialBodySchema) },
    responses: responses(credentialValidationSchema, 'The answer'),
  }),
  smokeTest: createRoute({
    ...endpoints.smokeTest,
    tags,
    summary: 'Proves that key, network and backend work together',
    request: { body: body(emptyBodySchema) },
    responses: responses(smokeTestSchema, 'The result; a failed test is an answer too'),
  }),
  preferences: createRoute({
    ...endpoints.preferences,
    tags,
    summary: 'Preferences of this machine',
    responses: responses(preferencesViewSchema, 'The preferences'),
  }),
  savePreferences: createRoute({
    ...endpoints.savePreferences,
    tags,
    summary: 'Changes preferences; what is left out stays as it is',
    request: { body: body(preferencesBodySchema) },
    responses: responses(preferencesViewSchema, 'The preferences as they are now'),
  }),
  repositories: createRoute({
    ...endpoints.repositories,
    tags,
    summary: 'Repositories that Cursor can reach. Cached: Cursor allows one call a minute',
    request: { query: refreshQuerySchema },
    responses: responses(repositoryListSchema, 'The repositories'),
  }),
  models: createRoute({
    ...endpoints.models,
    tags,
    summary: 'Models that Cursor offers to this key',
    responses: responses(modelListSchema, 'The models'),
  }),
};
