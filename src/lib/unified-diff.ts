import { createTwoFilesPatch } from 'diff';

/** Files with very many different lines would take long to compare, for a diff that nobody reads. */
const TIMEOUT_MS = 1_000;
const MAX_LENGTH = 200_000;

/** A unified diff of one file for people to read; empty if the comparison would take too long. */
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

/** The number of lines that a unified diff adds and removes. */
export function countLines(diff: string): { linesAdded: number; linesRemoved: number } {
  const lines = diff.split('\n').filter((line) => !/^(---|\+\+\+) /.test(line));
  return {
    linesAdded: lines.filter((line) => line.startsWith('+')).length,
    linesRemoved: lines.filter((line) => line.startsWith('-')).length,
  };
}
