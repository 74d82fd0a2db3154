import { decodeHTML } from 'entities';
import JSON5 from 'json5';

/** A JSON value that a text contains, as strict JSON and as it was written, where keys may be repeated. */
export type ParsedJson = {
  readonly value: unknown;
  readonly text: string;
  readonly written: string;
};

/** Deeper than any hand-off. Recursion over deeper values could overflow the stack. */
export const MAX_DEPTH = 200;
/** A quick test for numbers that may be too large: an exponent of three digits, or hundreds of digits. */
const mayOverflow = /e\+?0*\d{3}|\d{300}/i;

/**
 * The values that a text may mean as JSON, the likeliest first: strict JSON; JSON5 and line breaks in strings; HTML
 * escapes; and the only element of a list, or JSON inside a string. The schema decides which one is meant. Prose is never
 * taken for a value.
 */
export function parseLenientJson(text: string): ParsedJson[] {
  const answer = parseOne(text.replace(/^\uFEFF/, '').trim());
  return answer === undefined ? [] : [answer, ...unwrap(answer)];
}

function parseOne(text: string): ParsedJson | undefined {
  if (text === '') return undefined;
  const strict = tryParse(JSON.parse, text);
  if (strict !== undefined)
    return !mayOverflow.test(text) || isUsable(strict)
      ? { value: strict, text, written: text }
      : undefined;
  for (const variant of variantsOf(text)) {
    const value = tryParse(JSON5.parse, variant);
    if (value !== undefined && isUsable(value))
      return { value, text: JSON.stringify(value), written: variant };
  }
  return undefined;
}

/** Only for objects and lists, and comments before them. */
function* variantsOf(text: string): Generator<string> {
  if (!/^[[{/]/.test(text)) return;
  yield text;
  yield withEscapedLineBreaks(text);
  if (/&(?:quot|apos|#\d+|#x[\da-f]+);/i.test(text)) yield withEscapedLineBreaks(decodeHTML(text));
}

/** Some agents wrap an answer in a list, or write it as a JSON string. */
function unwrap({ value, text, written }: ParsedJson): ParsedJson[] {
  if (Array.isArray(value) && value.length === 1) {
    const [only]: readonly unknown[] = value;
    const isWhole = typeof only === 'object' && only !== null;
    if (!isWhole) return [];
    const inside = (list: string) => list.trim().slice(1, -1).trim();
    return [{ value: only, text: inside(text), written: inside(written) }];
  }
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return [];
  const inner = parseOne(value.trim());
  return inner === undefined ? [] : [inner];
}

/** The parsed value; undefined if the text cannot be parsed. */
function tryParse(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    // JSON5's errors are SyntaxErrors too.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Escapes line breaks inside strings. */
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
 * Whether a value can be passed on: it is not nested too deeply, and contains no infinite number, which JSON would write
 * as `null`.
 */
function isUsable(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return depth < MAX_DEPTH && Object.values(value).every((part) => isUsable(part, depth + 1));
}

/** The nesting depth of a JSON text. */
export function depthOf(json: string): number {
  let deepest = 0;
  for (const { depth } of bracketsOf(json, 0)) deepest = Math.max(deepest, depth);
  return deepest;
}

/**
 * Every bracket outside strings, with the nesting depth after it. A string ends at the end of its line unless
 * `mayBreakLines` is set, for agents that break lines inside strings.
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
