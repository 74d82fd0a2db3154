import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import type { McpValueView } from '../../contract/mcp-values.ts';
import { badUsage } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { line, quiet } from '../terminal/lines.ts';
import { confirm } from './confirm.ts';
import { type KeyStore, readKey } from './read-key.ts';

const PREFIX = 'mcp:';

/** The name in `mcp:NAME`, which refers to a value for MCP servers; null for a provider. */
export const mcpNameOf = (subject: string): string | null =>
  subject.startsWith(PREFIX) ? subject.slice(PREFIX.length) : null;

/** Stores a value that workflows refer to as `${NAME}` in their MCP servers. */
export async function setMcpValue(
  context: Context,
  name: string,
  { store, yes }: { readonly store: KeyStore; readonly yes?: boolean },
): Promise<void> {
  const key = await readKey(context, store, `MCP servers that ask for ${name}`);
  if (key === '') throw badUsage('No value was entered.', 'Paste it at the prompt.');
  const client = await connect(context);
  showMcpValue(context, await save(context, client, { name, key, store, yes: yes === true }));
}

export async function showMcpValues(context: Context, client: Client, name: string): Promise<void> {
  const { items } = await client.mcpValues([name]);
  for (const value of items) showMcpValue(context, value);
}

export function showMcpValue({ output }: Context, value: McpValueView): void {
  const { name, source, masked } = value;
  const location = source === 'none' ? 'not set' : `${masked ?? ''} (${source})`.trim();
  output.print(line(quiet(`${name}  `), location));
  output.document(value);
}

async function save(
  context: Context,
  client: Client,
  { name, key, store, yes }: { name: string; key: string; store: KeyStore; yes: boolean },
): Promise<McpValueView> {
  if (store === 'keychain') {
    try {
      return await client.saveMcpValue(name, { key, store });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'keychain_unavailable') throw error;
      context.output.remark(error.message);
    }
  }
  const question = `Store the value of ${name} in a file that only you can read? Every program that runs as this user can read it too.`;
  await confirm(context, question, { isConfirmed: yes });
  return client.saveMcpValue(name, { key, store: 'file', consent: true });
}
