import { type HunkData, parseDiff } from 'react-diff-view';

/** The hunks of a unified diff; null for text that is not a diff. */
export function parseHunks(text: string): readonly HunkData[] | null {
  if (text === '') return [];
  if (!text.startsWith('diff --git ')) return null;
  try {
    // For a file that became a symlink, git writes two diffs.
    return parseDiff(text, { nearbySequences: 'zip' }).flatMap(({ hunks }) => hunks);
  } catch (error) {
    console.info('A diff could not be read; it is shown as text.', error);
    return null;
  }
}

export const countLines = (hunks: readonly HunkData[]): number =>
  hunks.reduce((sum, { changes }) => sum + changes.length, 0);

/** The first lines of a diff. Hunks are truncated too, because a new file is a single hunk. */
export function takeLines(hunks: readonly HunkData[], maxLines: number): HunkData[] {
  const shown: HunkData[] = [];
  let remaining = maxLines;
  for (const hunk of hunks) {
    if (remaining <= 0) break;
    const { changes } = hunk;
    shown.push(
      changes.length <= remaining ? hunk : { ...hunk, changes: changes.slice(0, remaining) },
    );
    remaining -= changes.length;
  }
  return shown;
}

/** The number of unchanged lines between a hunk and the one before it. */
export function unchangedBefore(hunk: HunkData, previous: HunkData | undefined): number {
  const before = previous === undefined ? 1 : previous.oldStart + previous.oldLines;
  return Math.max(0, hunk.oldStart - before);
}

const maxHighlightedCharacters = 300_000;
const maxHighlightedLineLength = 2_000;

/** Whether highlighting is worth its cost: minified code takes long, and nobody reads it. */
export const canHighlight = (hunks: readonly HunkData[]): boolean => {
  let characters = 0;
  for (const { changes } of hunks)
    for (const { content } of changes) {
      characters += content.length;
      if (content.length > maxHighlightedLineLength) return false;
    }
  return characters <= maxHighlightedCharacters;
};

/** Invisible characters and those that reorder text, which can hide what code does. */
export const hasHiddenCharacters = (text: string): boolean =>
  /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]/.test(text);
