import { createTwoFilesPatch } from 'diff';

/** Files whose lines differ a lot would take long to compare, and nobody reads such a diff. */
const TIMEOUT_MS = 1_000;
const MAX_LENGTH = 200_000;

/** The change of one file, as a person reads it before they allow it; empty when it is too large to be compared. */
export function unifiedDiff(name: string, before: string | null, after: string): string {
  const from = before === null ? '/dev/null' : `a/${name}`;
  const options = { timeout: TIMEOUT_MS, context: 3 };
  const patch: string | undefined = createTwoFilesPatch(
    from,
    `b/${name}`,
    before ?? '',
    after,
    undefined,
    undefined,
    options,
  );
  const text = (patch ?? '').replace(/^=+\n/, '');
  return text.length > MAX_LENGTH
    ? `${text.slice(0, MAX_LENGTH)}\n… (the rest is omitted)\n`
    : text;
}

/** How many lines a change adds and removes. */
export function countLines(diff: string): { linesAdded: number; linesRemoved: number } {
  const lines = diff.split('\n').filter((line) => !/^(---|\+\+\+) /.test(line));
  return {
    linesAdded: lines.filter((line) => line.startsWith('+')).length,
    linesRemoved: lines.filter((line) => line.startsWith('-')).length,
  };
}
