import stringWidth from 'fast-string-width';
import { cleanText as withoutHazards } from '../../lib/clean-text.ts';

/** Makes external text safe to show in a terminal. Tabs become two spaces. */
export const cleanText = (text: string): string => withoutHazards(text).replaceAll('\t', '  ');

/** The same for a single line: each run of white space becomes one blank. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/** The width of clean text in terminal columns. */
export const widthOf = (text: string): number => stringWidth(text);

let segmenter: Intl.Segmenter | undefined;
/** Created on first use, because it takes a fifth of the time of a short command. */
const graphemesOf = (text: string): Intl.Segments => {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
};

/** Truncates clean text to `width` columns, with an ellipsis if it is wider. */
export const truncate = (text: string, width: number, ellipsis: string): string =>
  widthOf(text) <= width ? text : cut(text, width, ellipsis);

/** Truncates clean text to `width` columns, always ending with an ellipsis. */
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

/** Pads clean text to `width` columns; never truncates. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + fill : fill + text;
}
