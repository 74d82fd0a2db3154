import { decodeHTMLStrict } from 'entities';
import { Lexer, type Token } from 'marked';

/** Reading takes time with the square of a paragraph; nobody writes one that is longer than this. */
const LONGEST_PARAGRAPH = 10_000;

/** The tokens of a markdown text; null when it is better shown as it is, because reading it would freeze or fail. */
export function markdownTokens(text: string): readonly Token[] | null {
  if (text.split(/\n\s*\n/).some((paragraph) => paragraph.length > LONGEST_PARAGRAPH)) return null;
  try {
    return new Lexer({ gfm: true }).lex(text);
  } catch (error) {
    // Quotes and lists nested by the thousand overflow the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Words outside code, where Markdown writes some characters by their names: `&amp;` is `&`. */
export const wordsFrom = (text: string): string => decodeHTMLStrict(text);
