import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'fast-string-width';

/**
 * Characters that can move the cursor, ring, recolour or reorder what a person reads: C0 and C1 controls,
 * zero-width and bidirectional marks, the byte order mark. Line feeds are handled by the caller.
 */
const hazardous = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

const ESCAPE = '\u001b';
const endedCommand = new RegExp(`${ESCAPE}\\][^${ESCAPE}\u0007]*(?:\u0007|${ESCAPE}\\\\)`, 'g');

/**
 * Makes text from elsewhere (agents, files, servers) safe to show: escape sequences and control characters are
 * taken out, lone surrogates replaced. Line feeds stay, tabs become two spaces.
 */
export function cleanText(text: string): string {
  return stripVTControlCharacters(withoutCommands(text.toWellFormed()))
    .replaceAll('\t', '  ')
    .replace(/\r\n?/g, '\n')
    .replace(hazardous, (found) => (found === '\n' ? found : ''));
}

/** With a stop at its end, so that another sentence can follow. */
export function asSentence(text: string): string {
  const end = text.trimEnd();
  return end === '' || /[.!?:;…][)"'”’]?$/.test(end) ? end : `${end}.`;
}

/**
 * Takes out commands to the terminal (titles, links, the clipboard), which `stripVTControlCharacters` would search
 * for the end of again and again when an agent began thousands of them and ended none.
 */
function withoutCommands(text: string): string {
  return text.replace(endedCommand, '').replaceAll(`${ESCAPE}]`, `${ESCAPE} `);
}

/** The same for one line: line feeds and runs of blanks become one blank. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/** Columns that clean text takes in a terminal. */
export const widthOf = (text: string): number => stringWidth(text);

let segmenter: Intl.Segmenter | undefined;
/** Made when it is needed first: it costs a fifth of a whole short command. */
const graphemesOf = (text: string): Intl.Segments => {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
};

/** Cuts clean text to `width` columns if it is wider; a cut is always visible by the ellipsis. */
export const truncate = (text: string, width: number, ellipsis: string): string =>
  widthOf(text) <= width ? text : cut(text, width, ellipsis);

/** Ends clean text with an ellipsis, within `width` columns. */
export function cut(text: string, width: number, ellipsis: string): string {
  const room = width - widthOf(ellipsis);
  if (room <= 0) return ellipsis.slice(0, Math.max(0, width));
  let taken = '';
  let used = 0;
  for (const { segment } of graphemesOf(text)) {
    const next = used + widthOf(segment);
    if (next > room) break;
    taken += segment;
    used = next;
  }
  return taken.trimEnd() + ellipsis;
}

/** Fills clean text up to `width` columns; never cuts. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + fill : fill + text;
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** "a, b and c" */
export function listOf(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
