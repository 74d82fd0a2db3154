import type { Token, Tokens } from 'marked';
import { cleanText } from '../../lib/clean-text.ts';
import { decodeEntities, markdownTokens } from './markdown-tokens.ts';

/** A markdown text without its markup, one line per block: for previews. */
export function plainText(written: string): string {
  const markdown = cleanText(written);
  const tokens = markdownTokens(markdown);
  if (tokens === null) return markdown;
  return linesOf(tokens).join('\n');
}

function linesOf(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap((token) => {
    // `Token` also covers extensions; the names below are those of the lexer itself, each with its own shape.
    const known = token as Tokens.Generic & Token;
    switch (known.type) {
      case 'space':
      case 'def':
      case 'hr':
        return [];
      case 'list':
        return (known as Tokens.List).items.flatMap(({ tokens: item }) => {
          const [first = '', ...rest] = linesOf(item);
          return [`• ${first}`, ...rest];
        });
      case 'blockquote':
        return linesOf(known.tokens ?? []);
      case 'table':
        return [(known as Tokens.Table).header, ...(known as Tokens.Table).rows].map((row) =>
          row.map(({ tokens: cell }) => textOf(cell)).join(' · '),
        );
      case 'code':
        return [(known as Tokens.Code).text];
      default:
        return [known.tokens === undefined ? known.raw.trim() : textOf(known.tokens)];
    }
  });
}

function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      // As in `linesOf`.
      const known = token as Tokens.Generic & Token;
      if (known.type === 'br') return ' ';
      if (known.tokens !== undefined && known.tokens.length > 0) return textOf(known.tokens);
      const text = 'text' in known ? String(known.text) : known.raw;
      return known.type === 'codespan' ? text : decodeEntities(text);
    })
    .join('');
}
