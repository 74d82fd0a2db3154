import type { Line, Span } from './lines.ts';
import { cleanText, widthOf } from './text.ts';

/** A command to type: in backticks, or after a colon or a gap, up to the next gap. */
const commands = /`[^`]+`|(?<=(?:^|:| {2}) *)cerevisor(?: \S+)+/g;
const HANGING = 2;

type Range = { readonly start: number; readonly end: number };

/**
 * Wraps a line between words, so that the terminal does not break inside them. Continuation lines are indented. Commands to
 * type are not broken, and neither are words that are wider than the terminal.
 */
export function fold(parts: Line, width: number): Line[] {
  const clean = parts.map((part) => ({ ...part, text: oneLine(part.text) }));
  const text = clean.map((part) => part.text).join('');
  if (widthOf(text.trimEnd()) <= width) return [clean];
  const indent = text.search(/\S/);
  const hanging = Math.min(indent + HANGING, Math.floor(width / 2));
  const pieces = piecesOf(text, width, hanging);
  return pieces.map(({ start, end }, index) => {
    const piece = sliceLine(clean, start, end);
    return index === 0 ? piece : [{ text: ' '.repeat(hanging), tone: 'plain' as const }, ...piece];
  });
}

const oneLine = (text: string): string => cleanText(text).replaceAll('\n', ' ');

function piecesOf(text: string, width: number, hanging: number): Range[] {
  const unbreakable = [...text.matchAll(commands)]
    .map((match) => ({ start: match.index, end: match.index + match[0].length }))
    .filter(({ start, end }) => widthOf(text.slice(start, end)) <= width - hanging);
  const isUnbreakable = (at: number): boolean =>
    unbreakable.some(({ start, end }) => start < at && at < end);
  const pieces: Range[] = [];
  let start = 0;
  let gap: Range | null = null;
  const breakBefore = (end: number): void => {
    const room = pieces.length === 0 ? width : width - hanging;
    if (gap === null || widthOf(text.slice(start, end)) <= room) return;
    pieces.push({ start, end: gap.start });
    start = gap.end;
    gap = null;
  };
  for (const { 0: blanks, index } of text.matchAll(/ +/g)) {
    // Leading blanks are the indentation.
    if (index === 0 || isUnbreakable(index)) continue;
    breakBefore(index);
    gap = { start: index, end: index + blanks.length };
  }
  breakBefore(text.trimEnd().length);
  return [...pieces, { start, end: text.length }];
}

/** The part of a line between two positions of its text. */
function sliceLine(parts: Line, start: number, end: number): Span[] {
  let at = 0;
  return parts.flatMap((part) => {
    const from = Math.max(0, start - at);
    const text = part.text.slice(from, Math.max(from, end - at));
    at += part.text.length;
    return text === '' ? [] : [{ ...part, text }];
  });
}
