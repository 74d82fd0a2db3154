import { z } from 'zod';
import type { NewItem } from '../adapter.ts';
import { toolCall } from '../new-items.ts';
import { innerCommand } from './command-line.ts';
import { type CodexItem, commandItem, mcpItem, patchItem } from './wire.ts';

/** A tool call of Codex, in the form of the transcript. */
export type Call = {
  readonly name: string;
  readonly args: unknown;
  /** Absent while it runs. */
  readonly end?: CallEnd;
};
export type CallEnd = { readonly isError: boolean; readonly result: unknown };

const NOT_RUN = 'It did not run because it was not allowed.';

/** Null for items that are no tool calls. */
export function callOf(item: CodexItem): Call | null {
  switch (item.type) {
    case 'commandExecution':
      return commandCall(commandItem.parse(item));
    case 'fileChange':
      return patchCall(patchItem.parse(item));
    case 'mcpToolCall':
      return mcpCall(mcpItem.parse(item));
    case 'webSearch':
      return otherCall('web_search', item, ['query', 'action']);
    case 'imageView':
      return otherCall('view_image', item, ['path']);
    case 'imageGeneration':
      return otherCall('generate_image', item, ['revisedPrompt']);
    case 'sleep':
      return otherCall('sleep', item, ['durationMs']);
    case 'dynamicToolCall':
      return otherCall(textOf(item.tool) ?? 'tool', item, ['namespace', 'arguments']);
    case 'collabAgentToolCall':
      return otherCall('task', item, ['tool', 'prompt', 'model']);
    default:
      return null;
  }
}

function commandCall(item: z.infer<typeof commandItem>): Call {
  const { command, cwd, status, aggregatedOutput, exitCode, durationMs } = item;
  const args = { command: innerCommand(command), ...(cwd ? { workingDirectory: cwd } : {}) };
  const call = { name: 'shell', args };
  if (status === 'inProgress') return call;
  if (status === 'declined') return { ...call, end: { isError: true, result: { error: NOT_RUN } } };
  // Codex merges both streams.
  const success = {
    stdout: aggregatedOutput ?? '',
    stderr: '',
    ...(exitCode == null ? {} : { exitCode }),
    ...(durationMs == null ? {} : { durationMs }),
  };
  return { ...call, end: { isError: false, result: { success } } };
}

function patchCall({ status, changes }: z.infer<typeof patchItem>): Call {
  const [first] = changes;
  const args = {
    ...(first === undefined ? {} : { path: first.path }),
    changes: changes.map(({ path, kind }) => ({
      path,
      kind: kind.type,
      ...(kind.move_path ? { movedTo: kind.move_path } : {}),
    })),
  };
  const call = { name: 'apply_patch', args };
  if (status === 'inProgress') return call;
  if (status === 'completed') {
    const lines = changes.flatMap(({ diff, kind }) => signedLines(diff, kind.type));
    const success = {
      path: first?.path ?? '',
      linesAdded: lines.filter((line) => line.startsWith('+')).length,
      linesRemoved: lines.filter((line) => line.startsWith('-')).length,
      diffString: lines.join('\n'),
    };
    return { ...call, end: { isError: false, result: { success } } };
  }
  const error = status === 'declined' ? NOT_RUN : 'The patch could not be applied.';
  return { ...call, end: { isError: true, result: { error } } };
}

/** For a whole file, Codex sends only the text; for a change, the hunks. */
export function signedLines(diff: string, kind: string): readonly string[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  if (kind === 'add') return lines.map((line) => `+${line}`);
  if (kind === 'delete') return lines.map((line) => `-${line}`);
  return lines;
}

function mcpCall(item: z.infer<typeof mcpItem>): Call {
  const { server, tool, status, arguments: args, result, error } = item;
  const call = { name: 'mcp', args: { server, toolName: tool, args } };
  if (status === 'inProgress') return call;
  const message = error?.message;
  if (message !== undefined) return { ...call, end: { isError: true, result: { error: message } } };
  const isError = status === 'failed' || mcpResult.safeParse(result).data?.isError === true;
  return { ...call, end: { isError, result: isError ? { error: result } : { success: result } } };
}

const mcpResult = z.looseObject({ isError: z.boolean().optional() });

/** Other tools of Codex: only their arguments and their end are reported. */
function otherCall(name: string, item: CodexItem, fields: readonly string[]): Call {
  const args = Object.fromEntries(
    fields.flatMap((field) => (item[field] == null ? [] : [[field, item[field]]])),
  );
  const { status, type, id, ...rest } = item;
  if (status === 'inProgress') return { name, args };
  const isError = status === 'failed' || item.success === false;
  return { name, args, end: { isError, result: isError ? { error: rest } : { success: rest } } };
}

/** `end`: how the call ended, even if Codex did not report it. */
export function callItem(
  callId: string,
  { name, args }: Pick<Call, 'name' | 'args'>,
  end?: CallEnd,
): NewItem {
  const status = end === undefined ? 'running' : end.isError ? 'error' : 'completed';
  return toolCall({ callId, name, status, args, result: end?.result });
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
