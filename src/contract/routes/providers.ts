import { createRoute, z } from '@hono/zod-openapi';
import { endpoints } from '../endpoints.ts';
import {
  addProviderBodySchema,
  changeProviderBodySchema,
  harnessListSchema,
  harnessParamsSchema,
  harnessViewSchema,
  providerCheckSchema,
  providerListSchema,
  providerModelsSchema,
  providerParamsSchema,
  providerViewSchema,
} from '../providers.ts';
import {
  credentialBodySchema,
  emptyBodySchema,
  validateCredentialBodySchema,
} from '../requests.ts';
import { body, responses } from './responses.ts';

const tags = ['Providers'];
const params = providerParamsSchema;

export const providerRoutes = {
  providers: createRoute({
    ...endpoints.providers,
    tags,
    summary: 'Lists the providers of this machine, without their keys',
    responses: responses(providerListSchema, 'The providers'),
  }),
  addProvider: createRoute({
    ...endpoints.addProvider,
    tags,
    summary: 'Adds a provider to the library',
    request: { body: body(addProviderBodySchema) },
    responses: responses(providerViewSchema, 'The new provider'),
  }),
  changeProvider: createRoute({
    ...endpoints.changeProvider,
    tags,
    summary: 'Changes a provider; what is left out stays as it is',
    request: { params, body: body(changeProviderBodySchema) },
    responses: responses(providerViewSchema, 'The changed provider'),
  }),
  removeProvider: createRoute({
    ...endpoints.removeProvider,
    tags,
    summary: 'Removes a provider that nothing uses, and its key',
    request: { params },
    responses: responses(z.object({ ok: z.literal(true) }), 'It was removed'),
  }),
  defaultProvider: createRoute({
    ...endpoints.defaultProvider,
    tags,
    summary: 'Makes a provider the default for workflows that name none',
    request: { params, body: body(emptyBodySchema) },
    responses: responses(providerViewSchema, 'The provider'),
  }),
  saveProviderKey: createRoute({
    ...endpoints.saveProviderKey,
    tags,
    summary: 'Stores the key of a provider; it is used at once',
    request: { params, body: body(credentialBodySchema) },
    responses: responses(providerViewSchema, 'The provider'),
  }),
  clearProviderKey: createRoute({
    ...endpoints.clearProviderKey,
    tags,
    summary: 'Removes the key of a provider from the keychain and from its file',
    request: { params },
    responses: responses(providerViewSchema, 'The provider'),
  }),
  detectProvider: createRoute({
    ...endpoints.detectProvider,
    tags,
    summary: 'Checks whether this machine has what the provider needs',
    request: { params, body: body(emptyBodySchema) },
    responses: responses(providerCheckSchema, 'What was found'),
  }),
  validateProvider: createRoute({
    ...endpoints.validateProvider,
    tags,
    summary: 'Asks the provider whether it accepts the key',
    request: { params, body: body(validateCredentialBodySchema) },
    responses: responses(providerCheckSchema, 'The answer'),
  }),
  smokeTestProvider: createRoute({
    ...endpoints.smokeTestProvider,
    tags,
    summary: 'Runs a trivial agent to test the whole setup; it costs a few tokens',
    request: { params, body: body(emptyBodySchema) },
    responses: responses(providerCheckSchema, 'The result, even if the test failed'),
  }),
  providerModels: createRoute({
    ...endpoints.providerModels,
    tags,
    summary: 'Lists the models that the provider offers for its key',
    request: { params },
    responses: responses(providerModelsSchema, 'The models'),
  }),
  harnesses: createRoute({
    ...endpoints.harnesses,
    tags,
    summary:
      'Lists the programs that run agents of other providers, and whether they are installed',
    responses: responses(harnessListSchema, 'The programs'),
  }),
  fetchHarness: createRoute({
    ...endpoints.fetchHarness,
    tags,
    summary: 'Starts fetching a program with npm; the list shows its progress',
    request: { params: harnessParamsSchema, body: body(emptyBodySchema) },
    responses: responses(harnessViewSchema, 'The program'),
  }),
  cancelFetch: createRoute({
    ...endpoints.cancelFetch,
    tags,
    summary: 'Stops fetching a program',
    request: { params: harnessParamsSchema },
    responses: responses(harnessViewSchema, 'The program'),
  }),
};
