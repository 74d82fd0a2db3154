import { readFile } from 'node:fs/promises';
import { decodeText } from '../../lib/decode-text.ts';
import type { Context } from '../context.ts';
import { badUsage } from '../refusal.ts';
import { readAll } from '../terminal/ask.ts';

/** A text from the command line: itself, from standard input (`-`), or, with `@FILE`, from a file. */
export async function inputText(context: Context, given: string): Promise<string> {
  if (given === '-') return textFromInput(context);
  if (!given.startsWith('@')) return given;
  const bytes = await readFile(given.slice(1)).catch((error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    throw badUsage(
      `The input cannot be read: ${detail}`,
      'An input with a leading @ is read from a file; otherwise the input is the text itself.',
    );
  });
  return decodeText(bytes) ?? refuse(given.slice(1));
}

/** Everything that comes through standard input. */
export async function textFromInput({ input }: Context): Promise<string> {
  return (await readAll(input)) ?? refuse('Standard input');
}

function refuse(source: string): never {
  throw badUsage(
    `${source} is not UTF-8 or UTF-16 text.`,
    'Save it as UTF-8, or add it to the repository and name its path.',
  );
}
