import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fieldsOf } from '../../../lib/fields.ts';
import { unifiedDiff } from '../../../lib/unified-diff.ts';
import type { ToolCategory } from '../../../permissions/tool-request.ts';
import type { NewToolRequest } from '../adapter.ts';
import { displayPath } from './call-items.ts';

/** A call for which the SDK asks permission. */
export type PendingCall = {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly callId: string;
  readonly cwd: string;
};

const CATEGORIES: Readonly<Record<string, ToolCategory>> = {
  Bash: 'execution',
  PowerShell: 'execution',
  Write: 'filesystem-write',
  Edit: 'filesystem-write',
  MultiEdit: 'filesystem-write',
  NotebookEdit: 'filesystem-write',
  Read: 'read',
  Glob: 'read',
  Grep: 'read',
  LSP: 'read',
  WebFetch: 'network',
  WebSearch: 'network',
};

/** Tools that affect nothing outside the program; subagents ask for each of their own calls. */
const HARMLESS = new Set([
  'Agent',
  'Task',
  'TodoWrite',
  'Skill',
  'StructuredOutput',
  'ExitPlanMode',
]);

/** The permission request for a call. An unknown tool counts as a command. */
export async function requestOf(call: PendingCall): Promise<NewToolRequest> {
  const { tool, input, callId } = call;
  const server = serverOf(tool);
  if (server !== null) return { callId, category: 'mcp', ...server, args: input };
  const category = categoryOf(tool);
  const path = stringField(input, 'file_path', 'notebook_path', 'path', 'url', 'query');
  const command = stringField(input, 'command');
  const reason = stringField(input, 'description');
  const diff = category === 'filesystem-write' ? await diffOf(call) : undefined;
  return {
    callId,
    category,
    tool,
    args: input,
    ...(path === undefined ? {} : { path }),
    ...(command === undefined ? {} : { command }),
    ...(reason === undefined ? {} : { reason }),
    ...(diff === undefined ? {} : { diff }),
  };
}

export const categoryOf = (tool: string): ToolCategory => {
  if (serverOf(tool) !== null) return 'mcp';
  return HARMLESS.has(tool) ? 'other' : (CATEGORIES[tool] ?? 'execution');
};

/** `mcp__server__tool` */
function serverOf(name: string): { readonly server: string; readonly tool: string } | null {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/s.exec(name) ?? [];
  return server === undefined || tool === undefined ? null : { server, tool };
}

const MAX_DIFF_LENGTH = 1_000_000;

/** The diff that the call would make, if it can be predicted. */
async function diffOf({ tool, input, cwd }: PendingCall): Promise<string | undefined> {
  const path = stringField(input, 'file_path');
  if (path === undefined) return undefined;
  const before = await readText(resolve(cwd, path));
  const after = tool === 'Write' ? stringField(input, 'content') : applyEdit(before ?? '', input);
  if (after === undefined || after.length > MAX_DIFF_LENGTH) return undefined;
  const diff = unifiedDiff(displayPath(cwd, path), before, after);
  return diff === '' ? undefined : diff;
}

function applyEdit(before: string, input: PendingCall['input']): string | undefined {
  const { old_string: old, new_string: replacement, replace_all: isAll } = input;
  if (typeof old !== 'string' || typeof replacement !== 'string') return undefined;
  if (isAll === true) return before.replaceAll(old, () => replacement);
  return before.replace(old, () => replacement);
}

async function readText(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8');
    return text.length > MAX_DIFF_LENGTH ? null : text;
  } catch {
    return null; // A new or unreadable file; the call itself reports problems.
  }
}

function stringField(input: unknown, ...names: readonly string[]): string | undefined {
  const fields = fieldsOf(input);
  const text = names.map((name) => fields[name]).find((value) => typeof value === 'string');
  return typeof text === 'string' && text !== '' ? text : undefined;
}
