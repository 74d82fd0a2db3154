import { type HunkData, parseDiff } from 'react-diff-view';

/** The changed parts of a file, as its unified diff tells them; null for a text that is none. */
export function parseHunks(text: string): readonly HunkData[] | null {
  if (text === '') return [];
  if (!text.startsWith('diff --git ')) return null;
  try {
    // A file that became a link is two diffs to git: one goes, one comes.
    return parseDiff(text, { nearbySequences: 'zip' }).flatMap(({ hunks }) => hunks);
  } catch (error) {
    console.info('A diff could not be read; it is shown as text.', error);
    return null;
  }
}

export const countLines = (hunks: readonly HunkData[]): number =>
  hunks.reduce((sum, { changes }) => sum + changes.length, 0);

/** The first lines of a diff. A new file is one hunk, however long it is, so hunks are cut too. */
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

/** How many lines stand unchanged between a hunk and what comes before it. */
export function unchangedBefore(hunk: HunkData, previous: HunkData | undefined): number {
  const before = previous === undefined ? 1 : previous.oldStart + previous.oldLines;
  return Math.max(0, hunk.oldStart - before);
}

const maxHighlightedCharacters = 300_000;
const maxHighlightedLineLength = 2_000;

/** Grammars take long over minified code, and nobody reads it by its colors. */
export const canHighlight = (hunks: readonly HunkData[]): boolean => {
  let characters = 0;
  for (const { changes } of hunks)
    for (const { content } of changes) {
      characters += content.length;
      if (content.length > maxHighlightedLineLength) return false;
    }
  return characters <= maxHighlightedCharacters;
};

/** Characters that are not seen, or that turn the order of what is seen around, as code uses them to deceive. */
export const hasHiddenCharacters = (text: string): boolean =>
  /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]/.test(text);
