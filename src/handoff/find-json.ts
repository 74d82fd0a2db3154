import { bracketsOf, type ParsedJson, parseLenientJson } from './lenient-json.ts';
import { readBlocks } from './markdown.ts';

const jsonLanguages: ReadonlySet<string> = new Set(['json', 'jsonc', 'json5', 'application/json']);

/**
 * The JSON values that may be the answer, the likeliest first: blocks marked as JSON, blocks without a language, the whole
 * message, other blocks; later ones before earlier ones.
 */
export function jsonBlocksIn(message: string): {
  readonly answers: readonly ParsedJson[];
  /** What is wrong if there is no answer. */
  readonly mistake: string;
} {
  const code = readBlocks(message).code.toReversed();
  const marked = code.filter(({ language }) => jsonLanguages.has(language));
  const plain = code.filter(({ language }) => language === '');
  const others = code.filter(({ language }) => language !== '' && !jsonLanguages.has(language));
  const texts = [...marked, ...plain].map(({ text }) => text);
  texts.push(message, ...others.map(({ text }) => text));
  return { answers: texts.flatMap(parseLenientJson), mistake: mistakeOf(marked[0]?.text) };
}

/** A JSON value in running text, and the part of the text that it was read from. */
type JsonInProse = ParsedJson & { readonly source: string };

/** Objects and lists in running text, the last one first. The work is a fixed multiple of the text's length. */
export function jsonInProse(message: string): JsonInProse[] {
  const found: JsonInProse[][] = [];
  let budget = 8 * message.length;
  for (let start = 0; start < message.length && budget > 0; start += 1) {
    const character = message[start];
    if (character !== '{' && character !== '[') continue;
    for (const mayBreakLines of [false, true]) {
      const end = closingOf(message, start, mayBreakLines);
      budget -= (end === -1 ? message.length : end) - start;
      const source = message.slice(start, end + 1);
      const answers = end === -1 ? [] : parseLenientJson(source);
      if (answers.length === 0) continue;
      found.push(answers.map((answer) => ({ ...answer, source })));
      start = end;
      break;
    }
  }
  return found.toReversed().flat();
}

/** The index where the bracket that opens at `start` is closed; -1 if it is not. */
function closingOf(text: string, start: number, mayBreakLines: boolean): number {
  for (const { depth, index } of bracketsOf(text, start, mayBreakLines))
    if (depth === 0) return index;
  return -1;
}

function mistakeOf(block: string | undefined): string {
  if (block === undefined) return 'the message has no fenced `json` block';
  try {
    JSON.parse(block);
    return 'the `json` block has a number that is too large';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `the \`json\` block is not JSON: ${reason}`;
  }
}
