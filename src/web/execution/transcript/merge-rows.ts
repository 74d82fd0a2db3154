import type { ToolRow, TranscriptRow } from './rows.ts';
import { concatText, splitAt } from './text-segments.ts';
import { appendOutput } from './tool-output.ts';

/** The name of a tool call until it is known. */
export const unnamedTool = 'tool';

/** A call of which only output is known yet. */
export const unnamedToolRow = (row: Pick<ToolRow, 'key' | 'at' | 'call'>): ToolRow => ({
  ...row,
  kind: 'tool',
  name: unnamedTool,
  status: 'running',
  args: undefined,
  result: undefined,
  output: [],
  isTruncated: false,
});

/** Long text is split into rows at a blank line, so that no single row is slow to lay out. */
export const softRowLimit = 3000;
/** Text without a suitable blank line is split at this length anyway: every addition would scan all of it. */
export const hardRowLimit = 12_000;

/**
 * Where to split: at the last blank line outside a code fence; beyond the hard limit after a line or word. -1: not yet.
 */
export function findRowBreak(text: string): number {
  for (let end = text.lastIndexOf('\n\n'); end > 0; end = text.lastIndexOf('\n\n', end - 1)) {
    if (!endsInCode(text.slice(0, end))) return end;
  }
  if (text.length < hardRowLimit) return -1;
  const natural = Math.max(text.lastIndexOf('\n'), text.lastIndexOf(' '));
  return natural > 0 ? natural : hardRowLimit;
}

const endsInCode = (text: string): boolean => (text.match(/^```/gm)?.length ?? 0) % 2 === 1;

/**
 * Appends a row of a later part to those of an earlier one; text continues in the previous row. Returns true if the
 * next row continues too, because both belong to a code block that was split before it was recognized.
 */
export function appendRow(rows: TranscriptRow[], row: TranscriptRow, separator: string): boolean {
  const last = rows.at(-1);
  const isText = row.kind === 'text' || row.kind === 'thinking';
  if (!isText || (last?.kind !== 'text' && last?.kind !== 'thinking') || last.kind !== row.kind) {
    rows.push(row);
    return false;
  }
  const whole = concatText(last, separator, row);
  // Unlike growing text, this is not split at its last break: both rows should have a reasonable length.
  const cut =
    whole.text.length > softRowLimit ? findRowBreak(whole.text.slice(0, hardRowLimit)) : -1;
  // The visible row keeps its key, so that the scroll position stays.
  if (cut === -1) rows[rows.length - 1] = { ...row, at: last.at, ...whole };
  else {
    const [first, rest] = splitAt(whole, cut);
    rows[rows.length - 1] = { ...last, ...first };
    rows.push({ ...row, ...rest });
  }
  return whole.text.length < hardRowLimit && endsInCode(whole.text);
}

/** Merges a tool call that started in one part and ended in a later one. */
export function mergeToolCalls(begun: ToolRow, later: ToolRow): ToolRow {
  return {
    ...later,
    key: begun.key,
    at: begun.at,
    name: later.name === unnamedTool ? begun.name : later.name,
    args: later.args ?? begun.args,
    result: later.result ?? begun.result,
    output: appendOutput(begun.output, later.output),
    isTruncated: later.isTruncated || begun.isTruncated,
  };
}
