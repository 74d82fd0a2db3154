import { badUsage } from '../command-error.ts';
import type { Context } from '../context.ts';
import { askHidden, canAsk } from '../terminal/ask.ts';
import { textFromInput } from './text-argument.ts';

export type KeyStore = 'keychain' | 'file';

/** Reads a key from a pipe or a hidden prompt; never from the command line, which other programs can see. */
export async function readKey(context: Context, store: KeyStore, name: string): Promise<string> {
  const { input, errorStream, output } = context;
  if (input.isTTY !== true) return (await textFromInput(context)).trim();
  const prompter = { input, screen: errorStream };
  if (!canAsk(prompter))
    throw badUsage(
      'The key cannot be prompted for without a terminal.',
      'Pipe it in: cerevisor auth set < key.txt',
    );
  const location = store === 'keychain' ? 'the system keychain' : 'a file, if you consent';
  output.remark(`It is stored in ${location}, and is sent only to ${name}.`);
  return askHidden(prompter, `${name} API key (hidden): `);
}
