import { type Fields, fieldsOf } from '../../lib/fields.ts';
import type { ToolCallItem } from '../../transcript/item.ts';
import { cleanLine } from '../terminal/text.ts';
import { numberField, textField } from './fields.ts';

/** A tool call as described by one item. `callId` connects its start and its end. */
export type ToolCall = {
  readonly callId: string;
  readonly name: string;
  readonly isRunning: boolean;
  /** The most informative argument in one line; empty if there is none. */
  readonly argument: string;
  /** The outcome in a few words; null while the call is running. */
  readonly outcome: { readonly failed: boolean; readonly text: string } | null;
};

/** Display names for Cursor's tool names. Unknown names are shown unchanged. */
const toolLabels: Readonly<Record<string, string>> = {
  run_terminal_cmd: 'shell',
  read_file: 'read',
  edit_file: 'edit',
  delete_file: 'delete',
  file_search: 'find',
  grep_search: 'grep',
  todo_write: 'plan',
  web_fetch: 'fetch',
  web_search: 'search the web',
};

const mainArguments = [
  'command',
  'path',
  'target_file',
  'file_path',
  'relative_workspace_path',
  'pattern',
  'globPattern',
  'glob_pattern',
  'query',
  'search_term',
  'url',
  'toolName',
  'tool_name',
  'description',
  'prompt',
];

/** Describes a tool call for display. */
export function readToolCall({ callId, name, status, args, result }: ToolCallItem): ToolCall {
  const isRunning = status === 'running';
  const rawName = name === '' ? 'tool' : name;
  return {
    callId: callId === '' ? rawName : callId,
    name: toolLabels[rawName] ?? cleanLine(rawName),
    isRunning,
    argument: shortArgument(args),
    outcome: isRunning ? null : outcomeOf(fieldsOf(result), status),
  };
}

/** The most informative argument, such as a command, path or pattern; otherwise all arguments as JSON. */
function shortArgument(args: unknown): string {
  if (typeof args === 'string') return cleanLine(args);
  const fields = fieldsOf(args);
  for (const name of mainArguments) {
    const value = textField(fields, name);
    if (value !== undefined && value !== '') return cleanLine(shortPath(value));
  }
  const rest = JSON.stringify(fields);
  return rest === '{}' ? '' : cleanLine(rest);
}

const shortPath = (value: string): string => value.replace(/^\/workspace\//, '');

/** A failure shows in the result (`error` or `success`), not in the status of the item. */
function outcomeOf(result: Fields, status: string | undefined): ToolCall['outcome'] {
  const failure = result.error;
  if (failure !== undefined || textField(result, 'status') === 'error' || status === 'error') {
    const text =
      typeof failure === 'string' ? failure : (textField(fieldsOf(failure), 'message') ?? '');
    return { failed: true, text: cleanLine(text) };
  }
  const success = fieldsOf(result.success ?? result.value ?? result);
  const exitCode = numberField(success, 'exitCode');
  if (exitCode !== undefined && exitCode !== 0) {
    return { failed: true, text: `exit code ${exitCode}` };
  }
  return { failed: false, text: successText(success) };
}

function successText(success: Fields): string {
  const added = numberField(success, 'linesAdded');
  const removed = numberField(success, 'linesRemoved');
  if (added !== undefined || removed !== undefined) return `+${added ?? 0} -${removed ?? 0}`;
  const total = numberField(success, 'totalLines');
  if (total !== undefined) return `${total} lines`;
  const output = textField(success, 'stdout');
  return output === undefined ? '' : cleanLine(output.trimEnd().split('\n').at(-1) ?? '');
}
