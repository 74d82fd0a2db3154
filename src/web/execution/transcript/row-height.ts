import type { TranscriptRow } from './rows.ts';

const lineHeightPx = 20;
const gapPx = 12;
/** Average width of a character in the app's font. */
const characterWidthPx = 6.5;
const foldedPx = 30;

/**
 * An estimate of a row's height before it is first rendered. If long rows are underestimated, the list renders far more
 * of them than fit.
 */
export function estimateRowHeight(row: TranscriptRow | undefined, widthPx: number): number {
  const isRead = row?.kind === 'text' || (row?.kind === 'prompt' && row.isFromUser);
  if (row === undefined || !isRead) return foldedPx + gapPx;
  const charactersPerLine = Math.max(20, Math.floor(widthPx / characterWidthPx));
  return Math.ceil(row.text.length / charactersPerLine) * lineHeightPx + gapPx;
}
