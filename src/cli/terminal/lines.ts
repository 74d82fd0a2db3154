import picocolors from 'picocolors';
import type { Appearance } from './appearance.ts';
import { cleanLine, cleanText, cut, widthOf } from './text.ts';

/** The meaning of a piece of text, which determines its color. */
export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'bad' | 'attention' | 'busy';
export type Span = { readonly text: string; readonly tone: Tone };
export type Line = readonly Span[];

/** One line made of plain strings and toned spans. */
export const line = (...parts: readonly (string | Span)[]): Line =>
  parts.map((part) => (typeof part === 'string' ? { text: part, tone: 'plain' } : part));

export const toned = (tone: Tone, text: string): Span => ({ text, tone });
export const strong = (text: string): Span => toned('strong', text);
export const quiet = (text: string): Span => toned('quiet', text);

export const lineWidth = (parts: Line): number =>
  parts.reduce((sum, part) => sum + widthOf(part.text), 0);

const palettes = {
  on: picocolors.createColors(true),
  off: picocolors.createColors(false),
} as const;

function colorize(text: string, tone: Tone, color: boolean): string {
  const palette = color ? palettes.on : palettes.off;
  switch (tone) {
    case 'plain':
      return text;
    case 'strong':
      return palette.bold(text);
    case 'quiet':
      return palette.dim(text);
    case 'good':
      return palette.green(text);
    case 'bad':
      return palette.red(text);
    case 'attention':
      return palette.yellow(text);
    case 'busy':
      return palette.cyan(text);
    default:
      return tone satisfies never;
  }
}

/** Removes escape sequences, and keeps the blanks of the layout. */
const cleanSpan = (text: string): string => cleanText(text).replaceAll('\n', ' ');

/**
 * Converts a line to terminal output: cleans every span, truncates at `width` columns if given, then adds colors. All
 * output goes through this function, so that text of agents cannot contain escape sequences.
 */
export function paint(
  parts: Line,
  appearance: Pick<Appearance, 'color' | 'unicode'>,
  width = Number.POSITIVE_INFINITY,
): string {
  const clean = parts.map((part) => ({ ...part, text: cleanSpan(part.text) }));
  const colorSpan = (part: Span) => colorize(part.text, part.tone, appearance.color);
  const shown = lineWidth(clean) <= width ? clean : cutLine(clean, width, appearance.unicode);
  return shown.map(colorSpan).join('').trimEnd();
}

/** Leaves room for the ellipsis after every span, because the whole line is known not to fit. */
function cutLine(parts: Line, width: number, unicode: boolean): Line {
  const ellipsis = ellipsisOf(unicode);
  const shown: Span[] = [];
  let room = width;
  for (const part of parts) {
    if (widthOf(part.text) > room - widthOf(ellipsis)) {
      return [...shown, { ...part, text: cut(part.text, room, ellipsis) }];
    }
    shown.push(part);
    room -= widthOf(part.text);
  }
  return shown;
}

export const ellipsisOf = (unicode: boolean): string => (unicode ? '…' : '...');

/** Wraps text into lines of at most `width` columns; a longer word gets a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of cleanLine(text).split(' ')) {
    const joined = current === '' ? word : `${current} ${word}`;
    if (current !== '' && widthOf(joined) > width) {
      lines.push(current);
      current = word;
    } else {
      current = joined;
    }
  }
  if (current !== '') lines.push(current);
  return lines;
}
