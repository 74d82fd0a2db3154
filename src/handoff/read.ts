import type { Connection } from '../workflow/schema.ts';
import { jsonBlocksIn, jsonInProse } from './json-answer.ts';
import { depthOf, type JsonAnswer, MAX_DEPTH } from './json-spellings.ts';
import { compileHandoffSchema, type HandoffCheck } from './schema.ts';
import { summaryOf } from './summary.ts';

export type HandoffWish = Pick<Connection, 'handoffFormat' | 'handoffSchema'>;

export type HandoffReading =
  | { readonly kind: 'content'; readonly content: string }
  /** The agent can fix it; one line per mistake. */
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] }
  /** No answer of the agent would help: the schema cannot be used, or the check had to be ended. */
  | { readonly kind: 'unusable'; readonly code: UnusableCode; readonly message: string };

export type UnusableCode = 'handoff_schema_unusable' | 'handoff_check_stopped';

/** As many as help to fix them; the list goes into a prompt. */
const MOST_MISTAKES = 20;
/** An answer that is longer gets its first mistake told only: a list of a million would be made first otherwise. */
const LONG_ANSWER = 256 * 1024;
/** JSON up to this length is indented for the next agent; longer JSON stays as it was written. */
const INDENTED_LENGTH = 64 * 1024;
/** JSON written with more digits than a number keeps is handed over as it was written. */
const longNumber = /\d{16}/;

/** What one connection carries of an agent's last message. Nothing is ever cut: what cannot be told apart is carried whole. */
export function readHandoff(wish: HandoffWish, message: string): HandoffReading {
  switch (wish.handoffFormat) {
    case 'full-output':
      return { kind: 'content', content: message };
    case 'file-reference':
      return { kind: 'content', content: '' };
    case 'summary':
      return { kind: 'content', content: summaryOf(message) };
    case 'structured-json':
      return structured(wish, message);
    default:
      return wish.handoffFormat satisfies never;
  }
}

function structured(wish: HandoffWish, message: string): HandoffReading {
  const compiled = compileHandoffSchema(wish.handoffSchema ?? true, message.length <= LONG_ANSWER);
  if (!compiled.ok) return unusableSchema(compiled.message);
  try {
    return bestOf(message, compiled.check);
  } catch (error) {
    // The answers are not deep enough to overflow the stack.
    if (!(error instanceof RangeError)) throw error;
    return unusableSchema('it is infinitely recursive');
  }
}

/** The likeliest block that fits the schema; otherwise what is wrong with the likeliest one of all. */
function bestOf(message: string, check: HandoffCheck): HandoffReading {
  const { answers, mistake } = jsonBlocksIn(message);
  let mistakes: readonly string[] | undefined;
  for (const source of [() => answers, () => jsonInProse(message)]) {
    for (const answer of source()) {
      const found = mistakesOf(answer, check);
      if (found.length === 0) return { kind: 'content', content: contentOf(answer) };
      mistakes ??= found;
    }
  }
  return { kind: 'mistakes', mistakes: theFirstOf(mistakes ?? [mistake]) };
}

function mistakesOf({ value, text }: JsonAnswer, check: HandoffCheck): readonly string[] {
  return depthOf(text) > MAX_DEPTH ? ['the JSON is too deeply nested'] : check.mistakesOf(value);
}

export const unusableSchema = (reason: string): HandoffReading => ({
  kind: 'unusable',
  code: 'handoff_schema_unusable',
  message: `The hand-off schema cannot be used: ${reason}.`,
});

function contentOf({ value, text }: JsonAnswer): string {
  return text.length > INDENTED_LENGTH || longNumber.test(text)
    ? text
    : JSON.stringify(value, null, 2);
}

function theFirstOf(mistakes: readonly string[]): readonly string[] {
  if (mistakes.length <= MOST_MISTAKES) return mistakes;
  return [...mistakes.slice(0, MOST_MISTAKES), `and ${mistakes.length - MOST_MISTAKES} more`];
}
