import { compileHandoffSchema } from '../workflow/handoff-schema.ts';
import type { Connection } from '../workflow/schema.ts';
import { SUMMARY_HEADING } from './prompt.ts';

export type HandoffContent =
  | { readonly ok: true; readonly content: string }
  /** Only a structured hand-off can be wrong; one line per mistake. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

/** As many as help to mend them; the list goes into a prompt. */
const MOST_MISTAKES = 20;

type HandoffWish = Pick<Connection, 'handoffFormat' | 'handoffSchema'>;

/** What one connection carries of an agent's last message. Nothing is ever cut: what cannot be told apart is carried whole. */
export function handoffContent(connection: HandoffWish, result: string): HandoffContent {
  switch (connection.handoffFormat) {
    case 'full-output':
      return { ok: true, content: result };
    case 'file-reference':
      return { ok: true, content: '' };
    case 'summary':
      return { ok: true, content: summaryOf(result) };
    case 'structured-json':
      return structured(connection, result);
    default:
      return connection.handoffFormat satisfies never;
  }
}

/** The text below the summary heading, up to the next heading of its level or above; all of it when there is none. */
function summaryOf(result: string): string {
  const lines = result.split('\n');
  const start = lines.findLastIndex(
    (line) => headingText(line)?.text === SUMMARY_HEADING.toLowerCase(),
  );
  if (start === -1) return result;
  const level = headingText(lines[start] ?? '')?.level ?? 1;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex(
    (line) => (headingText(line)?.level ?? Number.POSITIVE_INFINITY) <= level,
  );
  const summary = (end === -1 ? rest : rest.slice(0, end)).join('\n').trim();
  return summary === '' ? result : summary;
}

function headingText(line: string): { level: number; text: string } | null {
  const marks = /^#{1,6}(?=\s)/.exec(line)?.[0];
  if (marks === undefined) return null;
  // Split, not matched: a pattern that strips both ends takes for ever on a long line that an agent filled up.
  const words = line.split(/[\s#]+/).filter((word) => word !== '');
  return { level: marks.length, text: words.join(' ').toLowerCase() };
}

function structured(connection: HandoffWish, result: string): HandoffContent {
  const found = lastJson(result);
  if (!found.ok) return { ok: false, mistakes: [found.mistake] };
  const compiled = compileHandoffSchema(connection.handoffSchema ?? true);
  if (!compiled.ok)
    return { ok: false, mistakes: [`the schema itself is not usable: ${compiled.message}`] };
  try {
    const mistakes = compiled.check.mistakesOf(found.value);
    return mistakes.length === 0
      ? { ok: true, content: JSON.stringify(found.value, null, 2) }
      : { ok: false, mistakes: theFirstOf(mistakes) };
  } catch (error) {
    // Checking and writing recurse, and reading does not: an agent can nest deeper than the stack is.
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, mistakes: ['the JSON is nested too deeply'] };
  }
}

function theFirstOf(mistakes: readonly string[]): readonly string[] {
  if (mistakes.length <= MOST_MISTAKES) return mistakes;
  return [...mistakes.slice(0, MOST_MISTAKES), `and ${mistakes.length - MOST_MISTAKES} more`];
}

/** The last fenced JSON block, or the whole message when it is JSON by itself. */
function lastJson(result: string): { ok: true; value: unknown } | { ok: false; mistake: string } {
  const block = lastJsonBlock(result);
  const candidate = block ?? result;
  try {
    return { ok: true, value: JSON.parse(candidate) };
  } catch (error) {
    if (block === undefined)
      return { ok: false, mistake: 'the message has no fenced `json` block' };
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, mistake: `the \`json\` block is not JSON: ${reason}` };
  }
}

/** Line by line, so that the time grows with the message alone, however many fences an agent opens. */
function lastJsonBlock(result: string): string | undefined {
  let last: string | undefined;
  let open: { readonly ticks: string; readonly lines: string[] } | undefined;
  for (const line of result.split('\n')) {
    const bare = line.trimEnd();
    if (open === undefined) {
      const ticks = /^(`{3,})json$/.exec(bare)?.[1];
      if (ticks !== undefined) open = { ticks, lines: [] };
    } else if (bare === open.ticks) {
      last = open.lines.join('\n');
      open = undefined;
    } else open.lines.push(line);
  }
  return last;
}
