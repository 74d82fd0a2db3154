import { readFile } from 'node:fs/promises';
import { decodeText } from '../../lib/decode-text.ts';
import { badUsage } from '../command-error.ts';
import type { Context } from '../context.ts';
import { readAll } from '../terminal/ask.ts';

/** A text argument: the text itself, `-` for standard input, or `@FILE` for a file. */
export async function inputText(context: Context, argument: string): Promise<string> {
  if (argument === '-') return textFromInput(context);
  if (!argument.startsWith('@')) return argument;
  const bytes = await readFile(argument.slice(1)).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    throw badUsage(
      `The input cannot be read: ${detail}`,
      'An input with a leading @ is read from a file; otherwise the input is the text itself.',
    );
  });
  return decodeText(bytes) ?? throwNotText(argument.slice(1));
}

/** All of standard input. */
export async function textFromInput({ input }: Context): Promise<string> {
  return (await readAll(input)) ?? throwNotText('Standard input');
}

function throwNotText(source: string): never {
  throw badUsage(
    `${source} is not UTF-8 or UTF-16 text.`,
    'Save it as UTF-8, or add it to the repository and name its path.',
  );
}
