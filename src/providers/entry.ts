import { z } from 'zod';
import { providerTypes } from '../workflow/providers.ts';

/** Used in files, commands and addresses, so it never changes. */
export const entryIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 lowercase letters, digits and hyphens');

const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });
const absolutePath = z.string().min(1);

/** A provider of the user's library, as stored in `settings.json`. Its key is stored elsewhere. */
export const providerEntrySchema = z.looseObject({
  id: entryIdSchema,
  type: z.enum(providerTypes),
  name: z.string().trim().min(1).max(80),
  /** The provider's own address when absent. */
  baseUrl: webAddress.exactOptional(),
  /** Used for agents that name no model. */
  defaultModel: z.string().trim().min(1).max(200).exactOptional(),
  isDefault: z.boolean().default(false),
  /** Anthropic only: the Claude Agent SDK, or Cerevisor's own agent loop. */
  harness: z.enum(['claude-agent-sdk', 'own-loop']).exactOptional(),
  /** The harness that is fetched into the home folder, or a program that the user installed. */
  program: z
    .discriminatedUnion('kind', [
      z.looseObject({ kind: z.literal('managed') }),
      z.looseObject({ kind: z.literal('own'), path: absolutePath }),
    ])
    .exactOptional(),
  /** An API key, or an existing login of the harness in the folder that the user names. */
  login: z
    .discriminatedUnion('kind', [
      z.looseObject({ kind: z.literal('key') }),
      z.looseObject({ kind: z.literal('own'), folder: absolutePath }),
    ])
    .exactOptional(),
});
export type ProviderEntry = z.infer<typeof providerEntrySchema>;
