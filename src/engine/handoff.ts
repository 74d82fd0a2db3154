import { compileHandoffSchema } from '../workflow/handoff-schema.ts';
import type { Connection } from '../workflow/schema.ts';
import { SUMMARY_HEADING } from './prompt.ts';

export type HandoffContent =
  | { readonly ok: true; readonly content: string }
  /** Only a structured hand-off can be wrong; one line per mistake. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

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
  const match = /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
  const [, marks = '', text = ''] = match ?? [];
  return match === null ? null : { level: marks.length, text: text.toLowerCase() };
}

function structured(connection: HandoffWish, result: string): HandoffContent {
  const found = lastJson(result);
  if (!found.ok) return { ok: false, mistakes: [found.mistake] };
  const compiled = compileHandoffSchema(connection.handoffSchema ?? true);
  if (!compiled.ok)
    return { ok: false, mistakes: [`the schema itself is not usable: ${compiled.message}`] };
  const mistakes = compiled.check.mistakesOf(found.value);
  return mistakes.length === 0
    ? { ok: true, content: JSON.stringify(found.value, null, 2) }
    : { ok: false, mistakes };
}

/** The last fenced JSON block, or the whole message when it is JSON by itself. */
function lastJson(result: string): { ok: true; value: unknown } | { ok: false; mistake: string } {
  const blocks = [...result.matchAll(/^(`{3,})json\s*\n([\s\S]*?)^\1\s*$/gm)].map(
    ([, , body]) => body ?? '',
  );
  const candidate = blocks.at(-1) ?? result;
  try {
    return { ok: true, value: JSON.parse(candidate) };
  } catch (error) {
    if (blocks.length === 0)
      return { ok: false, mistake: 'the message has no fenced `json` block' };
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, mistake: `the \`json\` block is not JSON: ${reason}` };
  }
}
