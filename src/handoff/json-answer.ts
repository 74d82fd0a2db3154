import { type ParseError, parse } from 'jsonc-parser';
import { readBlocks } from './markdown.ts';

/** A JSON value that a message contains, and the text it was written as. */
export type JsonAnswer = { readonly value: unknown; readonly text: string };

const jsonLanguages: ReadonlySet<string> = new Set(['json', 'jsonc', 'json5', 'application/json']);
/** Deeper than any hand-off; past it, what recurses over the value could overflow the stack. */
export const MAX_DEPTH = 200;

/**
 * The JSON values that may be meant as the answer, the likeliest first: blocks marked as JSON, blocks without a
 * language, the whole message, other blocks; later ones before earlier ones.
 */
export function jsonBlocksIn(message: string): {
  readonly answers: readonly JsonAnswer[];
  /** What is wrong when there is none. */
  readonly mistake: string;
} {
  const code = readBlocks(message).code.toReversed();
  const marked = code.filter(({ language }) => jsonLanguages.has(language));
  const plain = code.filter(({ language }) => language === '');
  const others = code.filter(({ language }) => language !== '' && !jsonLanguages.has(language));
  const texts = [...marked, ...plain].map(({ text }) => text);
  texts.push(message, ...others.map(({ text }) => text));
  const answers = texts.flatMap((text) => readTolerantly(text) ?? []);
  return { answers, mistake: mistakeOf(marked[0]?.text) };
}

/** Strict JSON, or JSON with comments and trailing commas. */
function readTolerantly(written: string): JsonAnswer | undefined {
  const text = written.replace(/^\uFEFF/, '').trim();
  if (text === '') return undefined;
  const strict = readStrictly(text);
  if (strict !== undefined) return strict;
  if (!/^[[{/]/.test(text) || depthOf(text) > MAX_DEPTH) return undefined;
  const mistakes: ParseError[] = [];
  const value: unknown = parse(text, mistakes, { allowTrailingComma: true });
  return mistakes.length > 0 || value === undefined
    ? undefined
    : { value, text: JSON.stringify(value) };
}

function readStrictly(text: string): JsonAnswer | undefined {
  try {
    return { value: JSON.parse(text), text };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Objects and lists in running text, the last one first. The work is a fixed multiple of the text's length. */
export function jsonInProse(message: string): JsonAnswer[] {
  const found: JsonAnswer[] = [];
  let budget = 8 * message.length;
  for (let start = 0; start < message.length && budget > 0; start += 1) {
    const character = message[start];
    if (character !== '{' && character !== '[') continue;
    const end = closingOf(message, start);
    budget -= (end === -1 ? message.length : end) - start;
    const answer = end === -1 ? undefined : readTolerantly(message.slice(start, end + 1));
    if (answer === undefined) continue;
    found.push(answer);
    start = end;
  }
  return found.toReversed();
}

/** Where the bracket that opens at `start` closes again. -1: nowhere. */
function closingOf(text: string, start: number): number {
  for (const { depth, index } of bracketsOf(text, start)) if (depth === 0) return index;
  return -1;
}

/** How many brackets of a JSON text are open at once. */
export function depthOf(json: string): number {
  let deepest = 0;
  for (const { depth } of bracketsOf(json, 0)) deepest = Math.max(deepest, depth);
  return deepest;
}

/** Every bracket outside strings, with how many are open after it. */
function* bracketsOf(text: string, start: number): Generator<{ depth: number; index: number }> {
  let depth = 0;
  let isInString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      // A string of JSON ends with its line: what goes on was no string.
      else if (character === '"' || character === '\n') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') yield { depth: ++depth, index };
    else if (character === '}' || character === ']') yield { depth: --depth, index };
  }
}

function mistakeOf(block: string | undefined): string {
  if (block === undefined) return 'the message has no fenced `json` block';
  try {
    JSON.parse(block);
    return 'the `json` block is empty';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `the \`json\` block is not JSON: ${reason}`;
  }
}
