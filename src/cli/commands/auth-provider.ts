import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import type { ProviderView } from '../../contract/providers.ts';
import { badUsage, commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { providerDetails } from '../render/providers.ts';
import { confirm } from './confirm.ts';
import { type KeyStore, readKey } from './read-key.ts';

type SetOptions = { readonly store: KeyStore; readonly yes?: boolean };

/** Stores the key of a provider other than Cursor. */
export async function setProviderKey(
  context: Context,
  id: string,
  options: SetOptions,
): Promise<void> {
  const client = await connect(context);
  const { name } = await providerOf(client, id);
  const key = await readKey(context, options.store, name);
  if (key === '') throw badUsage('No key was entered.', `Paste the key of ${name} at the prompt.`);
  showKey(context, await save(context, client, { id, name, key }, options));
}

export async function showProviderKey(context: Context, client: Client, id: string): Promise<void> {
  showKey(context, await providerOf(client, id));
}

export function showKey({ output }: Context, provider: ProviderView): void {
  output.print(...providerDetails(provider));
  output.document(provider);
}

async function save(
  context: Context,
  client: Client,
  { id, name, key }: { readonly id: string; readonly name: string; readonly key: string },
  { store, yes }: SetOptions,
): Promise<ProviderView> {
  if (store === 'keychain') {
    try {
      return await client.saveProviderKey(id, { key, store });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'keychain_unavailable') throw error;
      context.output.remark(error.message);
    }
  }
  const question = `Store the API key of ${name} in a file that only you can read? Every program that runs as this user can read it too.`;
  await confirm(context, question, { isConfirmed: yes === true });
  return client.saveProviderKey(id, { key, store: 'file', consent: true });
}

async function providerOf(client: Client, id: string): Promise<ProviderView> {
  const { items } = await client.providers();
  const match = items.find((provider) => provider.id === id);
  if (match !== undefined) return match;
  throw commandError(
    'provider_not_found',
    `There is no provider "${id}".`,
    `Choose one of ${items.map((provider) => provider.id).join(', ')}.`,
  );
}
