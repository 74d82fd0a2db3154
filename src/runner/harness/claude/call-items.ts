import { relative } from 'node:path';
import { type Fields, fieldsOf } from '../../../lib/fields.ts';
import { isWithin } from '../../../lib/folders.ts';
import type { NewItem } from '../adapter.ts';
import { toolCall } from '../new-items.ts';
import type { ToolResult, ToolUse } from './message.ts';

/** A call of a tool begins. `callId`: the program's own, behind that of the subagent's task where one made it. */
export const callBegins = (callId: string, { name, input }: ToolUse): NewItem =>
  toolCall({ callId, name, status: 'running', args: input });

/** The call ends. `detail`: what the program says about the result next to what it told the model. */
export function callEnds(
  callId: string,
  { name, input }: ToolUse,
  result: ToolResult,
  detail: unknown,
): NewItem {
  const failed = result.is_error === true;
  const text = resultText(result);
  return toolCall({
    callId,
    name,
    status: failed ? 'error' : 'completed',
    args: input,
    result: failed ? { error: withoutMarks(text) } : { success: successOf(text, detail) },
  });
}

export function resultText({ content }: ToolResult): string {
  if (content === null || content === undefined) return '';
  if (typeof content === 'string') return content;
  return content.map(({ type, text }) => text ?? `[${type}]`).join('\n');
}

const withoutMarks = (text: string): string =>
  text.replace(/^<tool_use_error>(.*)<\/tool_use_error>$/s, '$1');

/** In the words that transcripts have for it: output of a command, lines of a change, length of a file. */
function successOf(text: string, detail: unknown): unknown {
  const fields = fieldsOf(detail);
  if (typeof fields.stdout === 'string') {
    const { stdout, stderr, interrupted } = fields;
    return { stdout, stderr, ...(interrupted === true ? { interrupted } : {}), exitCode: 0 };
  }
  if (Array.isArray(fields.structuredPatch)) return changeOf(fields);
  const file = fieldsOf(fields.file);
  if (typeof file.totalLines === 'number') {
    return { path: file.filePath, totalLines: file.totalLines, content: file.content };
  }
  return { content: text };
}

function changeOf(fields: Fields): unknown {
  // Checked by whoever calls this.
  const patch = fields.structuredPatch as readonly unknown[];
  const lines = patch.flatMap((hunk) => linesOf(hunk));
  const isNew = fields.type === 'create' && typeof fields.content === 'string';
  const added = isNew ? lineCount(String(fields.content)) : count(lines, '+');
  return {
    path: fields.filePath,
    linesAdded: added,
    linesRemoved: count(lines, '-'),
    ...(lines.length === 0 ? {} : { diffString: lines.join('\n') }),
  };
}

function linesOf(hunk: unknown): readonly string[] {
  const { lines } = fieldsOf(hunk);
  return Array.isArray(lines) ? lines.map(String) : [];
}

const count = (lines: readonly string[], sign: string): number =>
  lines.filter((line) => line.startsWith(sign)).length;

const lineCount = (text: string): number =>
  text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;

/** A path as people read it: relative to the working folder where it is in it. */
export function shownPath(cwd: string, path: string): string {
  return isWithin(cwd, path) ? relative(cwd, path) || path : path;
}
