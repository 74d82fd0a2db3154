import { type Fields, fieldsOf } from '../../lib/fields.ts';
import type { ToolCallItem } from '../../transcript/item.ts';
import { cleanLine } from '../terminal/text.ts';
import { numberField, textField } from './fields.ts';

/** A tool call as one item tells it. `callId` joins its beginning and its end. */
export type ToolCall = {
  readonly callId: string;
  readonly name: string;
  readonly isRunning: boolean;
  /** The argument that says most, in one line; empty when there is none. */
  readonly argument: string;
  /** What came of it, in a few words; only for calls that ended. */
  readonly outcome: { readonly failed: boolean; readonly words: string } | null;
};

/** Cursor's names on the wire, as people would say them. Unknown names are shown as they are. */
const spokenNames: Readonly<Record<string, string>> = {
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

const tellingArguments = [
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

/** A tool call in words. */
export function readToolCall({ callId, name, status, args, result }: ToolCallItem): ToolCall {
  const isRunning = status === 'running';
  const spoken = name === '' ? 'tool' : name;
  return {
    callId: callId === '' ? spoken : callId,
    name: spokenNames[spoken] ?? cleanLine(spoken),
    isRunning,
    argument: shortArgument(args),
    outcome: isRunning ? null : outcomeOf(fieldsOf(result), status),
  };
}

/** The argument that tells most: a command, a path, a pattern; otherwise the arguments as JSON. */
function shortArgument(args: unknown): string {
  if (typeof args === 'string') return cleanLine(args);
  const fields = fieldsOf(args);
  for (const name of tellingArguments) {
    const value = textField(fields, name);
    if (value !== undefined && value !== '') return cleanLine(shortPath(value));
  }
  const rest = JSON.stringify(fields);
  return rest === '{}' ? '' : cleanLine(rest);
}

const shortPath = (value: string): string => value.replace(/^\/workspace\//, '');

/** A tool's failure is told by its result envelope (`error` or `success`), not by the item's status. */
function outcomeOf(result: Fields, status: string | undefined): ToolCall['outcome'] {
  const failure = result.error;
  if (failure !== undefined || textField(result, 'status') === 'error' || status === 'error') {
    const words =
      typeof failure === 'string' ? failure : (textField(fieldsOf(failure), 'message') ?? '');
    return { failed: true, words: cleanLine(words) };
  }
  const success = fieldsOf(result.success ?? result.value ?? result);
  const exitCode = numberField(success, 'exitCode');
  if (exitCode !== undefined && exitCode !== 0) {
    return { failed: true, words: `exit code ${exitCode}` };
  }
  return { failed: false, words: successWords(success) };
}

function successWords(success: Fields): string {
  const added = numberField(success, 'linesAdded');
  const removed = numberField(success, 'linesRemoved');
  if (added !== undefined || removed !== undefined) return `+${added ?? 0} -${removed ?? 0}`;
  const total = numberField(success, 'totalLines');
  if (total !== undefined) return `${total} lines`;
  const output = textField(success, 'stdout');
  return output === undefined ? '' : cleanLine(output.trimEnd().split('\n').at(-1) ?? '');
}
