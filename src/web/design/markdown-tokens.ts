import { decodeHTMLStrict } from 'entities';
import { Lexer, type Token } from 'marked';

/** Parsing time is quadratic in the length of a paragraph; no real paragraph is longer than this. */
const maxParagraphLength = 10_000;

/** The tokens of a markdown text; null if it must be shown as plain text, because parsing it would freeze or fail. */
export function markdownTokens(text: string): readonly Token[] | null {
  if (text.split(/\n\s*\n/).some((paragraph) => paragraph.length > maxParagraphLength)) return null;
  try {
    return new Lexer({ gfm: true }).lex(text);
  } catch (error) {
    // Deeply nested quotes and lists overflow the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Decodes HTML entities in text outside code: `&amp;` becomes `&`. */
export const decodeEntities = (text: string): string => decodeHTMLStrict(text);
