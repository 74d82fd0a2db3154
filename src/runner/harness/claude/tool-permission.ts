import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fieldsOf } from '../../../lib/fields.ts';
import { unifiedDiff } from '../../../lib/unified-diff.ts';
import type { ToolCategory } from '../../../permissions/tool-request.ts';
import type { NewToolRequest } from '../adapter.ts';
import { shownPath } from './call-items.ts';

/** A call as the SDK asks about it. */
export type AskedCall = {
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

/** What touches nothing outside the program; subagents ask for each of their own calls. */
const HARMLESS = new Set([
  'Agent',
  'Task',
  'TodoWrite',
  'Skill',
  'StructuredOutput',
  'ExitPlanMode',
]);

/** What a person needs to judge the call. A tool that nobody here knows counts as a command. */
export async function requestOf(call: AskedCall): Promise<NewToolRequest> {
  const { tool, input, callId } = call;
  const server = serverOf(tool);
  if (server !== null) return { callId, category: 'mcp', ...server, args: input };
  const category = categoryOf(tool);
  const path = textIn(input, 'file_path', 'notebook_path', 'path', 'url', 'query');
  const command = textIn(input, 'command');
  const reason = textIn(input, 'description');
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

const LARGEST_DIFFED = 1_000_000;

/** What the call would change, as far as that can be said before. */
async function diffOf({ tool, input, cwd }: AskedCall): Promise<string | undefined> {
  const path = textIn(input, 'file_path');
  if (path === undefined) return undefined;
  const before = await textAt(resolve(cwd, path));
  const after = tool === 'Write' ? textIn(input, 'content') : edited(before ?? '', input);
  if (after === undefined || after.length > LARGEST_DIFFED) return undefined;
  const diff = unifiedDiff(shownPath(cwd, path), before, after);
  return diff === '' ? undefined : diff;
}

function edited(before: string, input: AskedCall['input']): string | undefined {
  const { old_string: old, new_string: fresh, replace_all: isAll } = input;
  if (typeof old !== 'string' || typeof fresh !== 'string') return undefined;
  if (isAll === true) return before.replaceAll(old, () => fresh);
  return before.replace(old, () => fresh);
}

async function textAt(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8');
    return text.length > LARGEST_DIFFED ? null : text;
  } catch {
    return null; // It is new, or cannot be read; the call will tell.
  }
}

function textIn(input: unknown, ...names: readonly string[]): string | undefined {
  const fields = fieldsOf(input);
  const found = names.map((name) => fields[name]).find((value) => typeof value === 'string');
  return typeof found === 'string' && found !== '' ? found : undefined;
}
