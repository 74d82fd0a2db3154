import { z } from 'zod';
import { providerTypes } from '../workflow/providers.ts';

/** In files, commands and addresses; never changed once it is given. */
export const entryIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 lowercase letters, digits and hyphens');

const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });
const absolutePath = z.string().min(1);

/** One provider of the person's library, in `settings.json`. Its key is never here. */
export const providerEntrySchema = z.looseObject({
  id: entryIdSchema,
  type: z.enum(providerTypes),
  name: z.string().trim().min(1).max(80),
  /** The provider's own address when absent. */
  baseUrl: webAddress.exactOptional(),
  /** For agents that name no model. */
  defaultModel: z.string().trim().min(1).max(200).exactOptional(),
  isDefault: z.boolean().default(false),
  /** Of Anthropic: the Claude Agent SDK, or the light loop of Cerevisor. */
  harness: z.enum(['claude-agent-sdk', 'own-loop']).exactOptional(),
  /** The harness that is fetched into the home folder, or a program of the person's own. */
  program: z
    .discriminatedUnion('kind', [
      z.looseObject({ kind: z.literal('managed') }),
      z.looseObject({ kind: z.literal('own'), path: absolutePath }),
    ])
    .exactOptional(),
  /** A key, or the login that the person made with the harness, in the folder that they point us at. */
  login: z
    .discriminatedUnion('kind', [
      z.looseObject({ kind: z.literal('key') }),
      z.looseObject({ kind: z.literal('own'), folder: absolutePath }),
    ])
    .exactOptional(),
});
export type ProviderEntry = z.infer<typeof providerEntrySchema>;
