import type { Context } from '../context.ts';
import { badUsage } from '../refusal.ts';
import { askHidden, canAsk } from '../terminal/ask.ts';
import { textFromInput } from './text-argument.ts';

export type KeyStore = 'keychain' | 'file';

/** A key from a pipe or a hidden prompt; never from the command line, which other programs can read. */
export async function readKey(context: Context, store: KeyStore, name: string): Promise<string> {
  const { input, errorStream, output } = context;
  if (input.isTTY !== true) return (await textFromInput(context)).trim();
  const who = { input, screen: errorStream };
  if (!canAsk(who))
    throw badUsage(
      'The key cannot be prompted for without a terminal.',
      'Pipe it in: cerevisor auth set < key.txt',
    );
  const place = store === 'keychain' ? 'the system keychain' : 'a file, if you consent';
  output.remark(`It is stored in ${place}, and is sent only to ${name}.`);
  return askHidden(who, `${name} API key (hidden): `);
}
