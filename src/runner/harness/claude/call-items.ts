import { relative } from 'node:path';
import { type Fields, fieldsOf } from '../../../lib/fields.ts';
import { isWithin } from '../../../lib/folders.ts';
import type { NewItem } from '../adapter.ts';
import { toolCall } from '../new-items.ts';
import type { ToolResult, ToolUse } from './message.ts';

/**
 * The item for a tool call that has started. `callId`: the id from Claude Code; for a subagent, prefixed with the id of
 * its task.
 */
export const startedCall = (callId: string, { name, input }: ToolUse): NewItem =>
  toolCall({ callId, name, status: 'running', args: input });

/**
 * The item for a tool call that has ended. `detail`: the program's structured data about the result, next to the text
 * for the model.
 */
export function endedCall(
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
    result: failed ? { error: withoutErrorTags(text) } : { success: successOf(text, detail) },
  });
}

export function resultText({ content }: ToolResult): string {
  if (content === null || content === undefined) return '';
  if (typeof content === 'string') return content;
  return content.map(({ type, text }) => text ?? `[${type}]`).join('\n');
}

const withoutErrorTags = (text: string): string =>
  text.replace(/^<tool_use_error>(.*)<\/tool_use_error>$/s, '$1');

/** The result in the fields that transcripts use: output of a command, lines of a change, length of a file. */
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
  // Checked by the caller.
  const patch = fields.structuredPatch as readonly unknown[];
  const lines = patch.flatMap((hunk) => linesOf(hunk));
  const isCreated = fields.type === 'create' && typeof fields.content === 'string';
  const added = isCreated ? lineCount(String(fields.content)) : count(lines, '+');
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

/** A path for display: relative if it is inside the working folder. */
export function displayPath(cwd: string, path: string): string {
  return isWithin(cwd, path) ? relative(cwd, path) || path : path;
}
