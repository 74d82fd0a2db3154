import stringWidth from 'fast-string-width';
import { cleanText as withoutHazards } from '../../lib/clean-text.ts';

/** Makes text from elsewhere safe to show in a terminal, where tabs become two spaces. */
export const cleanText = (text: string): string => withoutHazards(text).replaceAll('\t', '  ');

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
