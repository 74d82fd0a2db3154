import { decodeHTML } from 'entities';
import JSON5 from 'json5';

/** A JSON value that a text contains, and the text it was written as. */
export type JsonAnswer = { readonly value: unknown; readonly text: string };

/** Deeper than any hand-off; past it, what recurses over the value could overflow the stack. */
export const MAX_DEPTH = 200;
/** A number that is too large has an exponent of three digits, or hundreds of digits. Looking at all would take long. */
const mayOverflow = /e\+?0*\d{3}|\d{300}/i;

/**
 * What a text may mean as JSON, the likeliest first: as it stands, with the spellings of JSON5 and line breaks in
 * strings, with escapes of HTML, and what stands alone in a list or, as JSON again, in a string. The schema
 * decides which of them is meant. Plain words are never taken for a value.
 */
export function readSpellings(written: string): JsonAnswer[] {
  const answer = readOne(written.replace(/^\uFEFF/, '').trim());
  return answer === undefined ? [] : [answer, ...unwrapped(answer)];
}

function readOne(text: string): JsonAnswer | undefined {
  if (text === '') return undefined;
  const strict = parsed(JSON.parse, text);
  if (strict !== undefined)
    return !mayOverflow.test(text) || isUsable(strict) ? { value: strict, text } : undefined;
  for (const spelling of spellingsOf(text)) {
    const value = parsed(JSON5.parse, spelling);
    if (value !== undefined && isUsable(value)) return { value, text: JSON.stringify(value) };
  }
  return undefined;
}

/** Only objects and lists, and comments before them. */
function* spellingsOf(text: string): Generator<string> {
  if (!/^[[{/]/.test(text)) return;
  yield text;
  yield withEscapedLineBreaks(text);
  if (/&(?:quot|apos|#\d+|#x[\da-f]+);/i.test(text)) yield withEscapedLineBreaks(decodeHTML(text));
}

/** Agents wrap an answer in a list, or write it as the string that a program would send. */
function unwrapped({ value, text }: JsonAnswer): JsonAnswer[] {
  if (Array.isArray(value) && value.length === 1) {
    const [only]: readonly unknown[] = value;
    const isWhole = typeof only === 'object' && only !== null;
    return isWhole ? [{ value: only, text: text.slice(1, -1).trim() }] : [];
  }
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return [];
  const inner = readOne(value.trim());
  return inner === undefined ? [] : [inner];
}

/** `undefined`: it cannot be parsed. */
function parsed(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    // JSON5 throws errors of its own making, which are SyntaxErrors too.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Line breaks inside strings, as the escapes that stand for them in JSON. */
function withEscapedLineBreaks(text: string): string {
  let quote = '';
  let escaped = '';
  let from = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (quote === '') {
      if (character === '"' || character === "'") quote = character;
    } else if (character === '\\') index += 1;
    else if (character === quote) quote = '';
    else if (character === '\n' || character === '\r') {
      escaped += text.slice(from, index) + (character === '\n' ? '\\n' : '\\r');
      from = index + 1;
    }
  }
  return escaped + text.slice(from);
}

/**
 * Whether a value can be handed over: it is not nested beyond reason, and no number in it is too large to be one, which
 * would be handed over as `null`.
 */
function isUsable(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return depth < MAX_DEPTH && Object.values(value).every((part) => isUsable(part, depth + 1));
}

/** How many brackets of a JSON text are open at once. */
export function depthOf(json: string): number {
  let deepest = 0;
  for (const { depth } of bracketsOf(json, 0)) deepest = Math.max(deepest, depth);
  return deepest;
}

/**
 * Every bracket outside strings, with how many are open after it. A string of JSON ends with its line, and what goes
 * on was no string: unless the agent broke lines in its strings.
 */
export function* bracketsOf(
  text: string,
  start: number,
  mayBreakLines = false,
): Generator<{ depth: number; index: number }> {
  let depth = 0;
  let quote = '';
  for (let index = start; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (quote !== '') {
      if (character === '\\') index += 1;
      else if (character === quote || (character === '\n' && !mayBreakLines)) quote = '';
    } else if (character === '"' || (character === "'" && depth > 0)) quote = character;
    else if (character === '{' || character === '[') yield { depth: ++depth, index };
    else if (character === '}' || character === ']') yield { depth: --depth, index };
  }
}
