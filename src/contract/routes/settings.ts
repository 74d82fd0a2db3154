import { createRoute } from '@hono/zod-openapi';
import { credentialViewSchema, licenseViewSchema } from '../daemon-views.ts';
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
import { body, responses } from './responses.ts';

const tags = ['Settings'];

export const settingsRoutes = {
  license: createRoute({
    ...endpoints.license,
    tags,
    summary: 'Returns the license and what it allows',
    responses: responses(licenseViewSchema, 'The license'),
  }),
  activateLicense: createRoute({
    ...endpoints.activateLicense,
    tags,
    summary: 'Activates a license key',
    request: { body: body(activateBodySchema) },
    responses: responses(licenseViewSchema, 'The new state of the license'),
  }),
  deactivateLicense: createRoute({
    ...endpoints.deactivateLicense,
    tags,
    summary: 'Removes the license key from this machine',
    request: { body: body(emptyBodySchema) },
    responses: responses(licenseViewSchema, 'The new state of the license'),
  }),
  credentials: createRoute({
    ...endpoints.credentials,
    tags,
    summary: "Returns where Cursor's key comes from, but not the key itself",
    responses: responses(credentialViewSchema, 'The credential'),
  }),
  saveCredentials: createRoute({
    ...endpoints.saveCredentials,
    tags,
    summary: "Stores Cursor's key",
    request: { body: body(credentialBodySchema) },
    responses: responses(credentialViewSchema, 'The new state of the credential'),
  }),
  clearCredentials: createRoute({
    ...endpoints.clearCredentials,
    tags,
    summary: "Removes Cursor's key from the keychain and from its file",
    responses: responses(credentialViewSchema, 'The new state of the credential'),
  }),
  validateCredentials: createRoute({
    ...endpoints.validateCredentials,
    tags,
    summary: 'Asks Cursor whose key this is',
    request: { body: body(validateCredentialBodySchema) },
    responses: responses(credentialValidationSchema, 'The result'),
  }),
  smokeTest: createRoute({
    ...endpoints.smokeTest,
    tags,
    summary: 'Tests that the key, the network and the backend work together',
    request: { body: body(emptyBodySchema) },
    responses: responses(smokeTestSchema, 'The result, even if the test failed'),
  }),
  preferences: createRoute({
    ...endpoints.preferences,
    tags,
    summary: 'Returns the preferences of this machine',
    responses: responses(preferencesViewSchema, 'The preferences'),
  }),
  savePreferences: createRoute({
    ...endpoints.savePreferences,
    tags,
    summary: 'Changes preferences; those that are left out stay as they are',
    request: { body: body(preferencesBodySchema) },
    responses: responses(preferencesViewSchema, 'The new preferences'),
  }),
  repositories: createRoute({
    ...endpoints.repositories,
    tags,
    summary:
      'Lists the repositories that Cursor can access. Cached, because Cursor allows one call per minute',
    request: { query: refreshQuerySchema },
    responses: responses(repositoryListSchema, 'The repositories'),
  }),
  models: createRoute({
    ...endpoints.models,
    tags,
    summary: 'Lists the models that Cursor offers for this key',
    responses: responses(modelListSchema, 'The models'),
  }),
};
