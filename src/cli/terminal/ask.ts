import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { decodeText } from '../../lib/decode-text.ts';
import type { Input } from '../context.ts';
import type { Stream } from '../output.ts';
import { cleanText } from './text.ts';

export type Questioner = { readonly input: Input; readonly screen: Stream };

/** A question can be asked only if a person can type and read here. */
export const canAsk = ({ input, screen }: Questioner): boolean =>
  input.isTTY === true && screen.isTTY === true;

/** Asks for y or n; anything but a clear yes means no. */
export async function askYesNo(who: Questioner, question: string): Promise<boolean> {
  const answer = await ask(who, `${cleanText(question)} [y/N] `, who.screen);
  return /^y(es)?$/i.test(answer.trim());
}

/** Asks for something that must not stand on the screen. */
export async function askHidden(who: Questioner, question: string): Promise<string> {
  who.screen.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await ask(who, '', nowhere);
  who.screen.write('\n');
  return answer.trim();
}

async function ask(
  who: Questioner,
  prompt: string,
  output: NodeJS.WritableStream,
): Promise<string> {
  const lines = createInterface({ input: who.input, output, terminal: who.input.isTTY === true });
  const gone = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    // End of input and Ctrl-C answer nothing.
    return await Promise.race([lines.question(prompt), gone]);
  } finally {
    lines.close();
  }
}

/** Everything that comes through standard input; null when it is no text. */
export async function readAll(input: Input): Promise<string | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return decodeText(Buffer.concat(chunks));
}
