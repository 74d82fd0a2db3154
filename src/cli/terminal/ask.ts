import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { decodeText } from '../../lib/decode-text.ts';
import type { Input } from '../context.ts';
import type { Stream } from '../output.ts';
import { cleanText } from './text.ts';

export type Prompter = { readonly input: Input; readonly screen: Stream };

/** Whether questions can be asked: input and output must be terminals. */
export const canAsk = ({ input, screen }: Prompter): boolean =>
  input.isTTY === true && screen.isTTY === true;

/** Asks a yes-or-no question; anything but a clear yes means no. */
export async function askYesNo(prompter: Prompter, question: string): Promise<boolean> {
  const answer = await ask(prompter, `${cleanText(question)} [y/N] `, prompter.screen);
  // The cursor is still behind the question, and what follows needs a line of its own.
  if (answer === null) prompter.screen.write('\n');
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

/** Asks for a secret, which is not shown on the screen. */
export async function askHidden(prompter: Prompter, question: string): Promise<string> {
  prompter.screen.write(question);
  const hiddenOutput = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await ask(prompter, '', hiddenOutput);
  prompter.screen.write('\n');
  return answer?.trim() ?? '';
}

/** The answer; null for end of input and Ctrl-C. */
async function ask(
  prompter: Prompter,
  prompt: string,
  output: NodeJS.WritableStream,
): Promise<string | null> {
  const lines = createInterface({
    input: prompter.input,
    output,
    terminal: prompter.input.isTTY === true,
  });
  const closed = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
  try {
    return await Promise.race([lines.question(prompt), closed]);
  } finally {
    lines.close();
  }
}

/** All of standard input; null if it is not text. */
export async function readAll(input: Input): Promise<string | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return decodeText(Buffer.concat(chunks));
}
