import type { TranscriptRow } from './transcript-rows.ts';

const lineHeightPx = 20;
const gapPx = 12;
/** Of an average letter in the text of the app. */
const letterPx = 6.5;
const foldedPx = 30;

/**
 * About how high a row will be, before it is drawn for the first time. A list that takes long rows for short ones draws
 * many more of them than there is room for.
 */
export function aboutRowHeight(row: TranscriptRow | undefined, widthPx: number): number {
  const isRead = row?.kind === 'text' || (row?.kind === 'prompt' && row.isOwn);
  if (row === undefined || !isRead) return foldedPx + gapPx;
  const lettersInLine = Math.max(20, Math.floor(widthPx / letterPx));
  return Math.ceil(row.text.length / lettersInLine) * lineHeightPx + gapPx;
}
