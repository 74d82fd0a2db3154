import { z } from '@hono/zod-openapi';
import { errorViewSchema } from './error-views.ts';

/** The provider library: what runs agents, and with which key. */

const providerTypeSchema = z.enum(['cursor-agent', 'anthropic', 'openai-compatible', 'codex']);
const anthropicHarness = z.enum(['claude-agent-sdk', 'own-loop']);

export const harnessViewSchema = z
  .object({
    name: z.enum(['claude', 'codex', 'claude-sdk']),
    title: z.string(),
    state: z.enum(['installed', 'fetching', 'missing']),
    version: z.string().describe('Of the installed program, or of the one that would be fetched'),
    doneBytes: z.number().nullable().describe('While it is fetched'),
    totalBytes: z.number().describe('Roughly, unpacked'),
    error: errorViewSchema.nullable().describe('Why the last fetch failed'),
    own: z
      .object({ path: z.string(), version: z.string(), isRecentEnough: z.boolean() })
      .nullable()
      .describe('Your own program on the PATH'),
  })
  .openapi('Harness');
export type HarnessView = z.infer<typeof harnessViewSchema>;

export const providerViewSchema = z
  .object({
    id: z.string(),
    type: providerTypeSchema,
    name: z.string(),
    isDefault: z.boolean(),
    isBuiltin: z
      .boolean()
      .describe('Exists because of the environment or the rehearsal, and is not in the file'),
    baseUrl: z.string().nullable().describe("Null: the provider's own"),
    defaultModel: z.string().nullable(),
    harness: anthropicHarness.nullable().describe('Of Anthropic'),
    program: z
      .object({ kind: z.enum(['managed', 'own']), path: z.string().nullable() })
      .nullable()
      .describe('If it is a separate program'),
    loginFolder: z.string().nullable().describe('Folder of your own login, used instead of a key'),
    runtime: z.string().describe('The runtime of its agents on this machine'),
    key: z.object({
      source: z.enum(['environment', 'keychain', 'file', 'rehearsal', 'login', 'unneeded', 'none']),
      masked: z.string().nullable(),
      notice: z.string().nullable(),
    }),
    needs: z
      .enum(['claude', 'codex', 'claude-sdk'])
      .nullable()
      .describe('The program that must be fetched before its agents can run'),
    problem: errorViewSchema.nullable().describe('Why its agents cannot run at the moment'),
  })
  .openapi('Provider');
export type ProviderView = z.infer<typeof providerViewSchema>;

export const providerListSchema = z.object({ items: z.array(providerViewSchema) });
export const harnessListSchema = z.object({ items: z.array(harnessViewSchema) });

export const providerCheckSchema = z
  .object({
    isOk: z.boolean(),
    detail: z.string(),
    error: errorViewSchema.nullable(),
  })
  .openapi('ProviderCheck');
export type ProviderCheckView = z.infer<typeof providerCheckSchema>;

export const providerModelsSchema = z.object({
  items: z.array(z.object({ id: z.string(), displayName: z.string() })),
  error: errorViewSchema.nullable().default(null).describe('Why there is no list'),
});

export type ProviderModels = z.infer<typeof providerModelsSchema>;

export const providerParamsSchema = z.object({ id: z.string().min(1) });
export const harnessParamsSchema = z.object({ name: z.enum(['claude', 'codex', 'claude-sdk']) });

const text = z.string().trim().min(1);
const changes = {
  name: text.max(80).optional(),
  baseUrl: text.nullable().optional().openapi({ description: "Null: the provider's own" }),
  defaultModel: text.max(200).nullable().optional(),
  harness: anthropicHarness.nullable().optional(),
  program: text
    .nullable()
    .optional()
    .openapi({ description: 'Absolute path of your own program; null: the fetched one' }),
  loginFolder: text
    .nullable()
    .optional()
    .openapi({ description: 'Folder of your login with that program; null: a key is used' }),
};
export const changeProviderBodySchema = z.object(changes).openapi('ProviderChange');
export type ChangeProviderBody = z.input<typeof changeProviderBodySchema>;

export const addProviderBodySchema = z
  .object({
    type: providerTypeSchema,
    id: text.optional().openapi({ description: 'Default: derived from the name' }),
    isDefault: z.boolean().optional(),
    ...changes,
  })
  .openapi('NewProvider');
export type AddProviderBody = z.input<typeof addProviderBodySchema>;
