import { cutAt, joined } from './text-pieces.ts';
import { joinedOutput } from './tool-output.ts';
import type { ToolRow, TranscriptRow } from './transcript-rows.ts';

/** A call of which nobody has said the name. */
export const unnamedTool = 'tool';

/** Long texts are cut into rows at a blank line, so that a screen never has to lay out a whole book. */
export const longRow = 3000;
/** Text without a blank line that fits is cut anyway from here on: every new word would read all of it again. */
export const longestRow = 12_000;

/** After the last blank line that stands outside of a code fence, else, in endless text, after a line or a word. */
export function cutOf(text: string): number {
  for (let end = text.lastIndexOf('\n\n'); end > 0; end = text.lastIndexOf('\n\n', end - 1)) {
    if (!endsInCode(text.slice(0, end))) return end;
  }
  if (text.length < longestRow) return -1;
  const natural = Math.max(text.lastIndexOf('\n'), text.lastIndexOf(' '));
  return natural > 0 ? natural : longestRow;
}

const endsInCode = (text: string): boolean => (text.match(/^```/gm)?.length ?? 0) % 2 === 1;

/**
 * Adds a row of a later part to those of an earlier one: a text continues in the row before it. True while the next row
 * continues as well, because the code that both are part of was cut before anyone knew that it was code.
 */
export function joinOnto(rows: TranscriptRow[], row: TranscriptRow, between: string): boolean {
  const last = rows.at(-1);
  const isText = row.kind === 'text' || row.kind === 'thinking';
  if (!isText || (last?.kind !== 'text' && last?.kind !== 'thinking') || last.kind !== row.kind) {
    rows.push(row);
    return false;
  }
  const whole = joined(last, between, row);
  // Not at the last word, where text that grows is cut: both rows should be worth one.
  const cut = whole.text.length > longRow ? cutOf(whole.text.slice(0, longestRow)) : -1;
  // The row that a reader has before them keeps its key, so that it stays where it is.
  if (cut === -1) rows[rows.length - 1] = { ...row, at: last.at, ...whole };
  else {
    const [first, rest] = cutAt(whole, cut);
    rows[rows.length - 1] = { ...last, ...first };
    rows.push({ ...row, ...rest });
  }
  return whole.text.length < longestRow && endsInCode(whole.text);
}

/** A tool call whose beginning stands in one part and whose end in a later one. */
export function wholeCall(begun: ToolRow, later: ToolRow): ToolRow {
  return {
    ...later,
    key: begun.key,
    at: begun.at,
    name: later.name === unnamedTool ? begun.name : later.name,
    args: later.args ?? begun.args,
    result: later.result ?? begun.result,
    output: joinedOutput(begun.output, later.output),
    isTruncated: later.isTruncated || begun.isTruncated,
  };
}
