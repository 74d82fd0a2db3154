import type { Conversation, OfferedTool } from '../conversation.ts';
import type { Toolbox, ToolInput, ToolUse } from '../toolbox.ts';

/**
 * Common names of tools and of their arguments in clients of OpenAI-compatible servers, the most common first. The
 * request determines which of them exist.
 */
const TOOLS = {
  run: {
    names: ['shell', 'bash', 'run_command', 'execute_command', 'run_terminal_cmd', 'terminal'],
    command: ['command', 'cmd'],
  },
  read: {
    names: ['read', 'read_file', 'view'],
    path: ['path', 'file_path', 'filePath', 'target_file'],
  },
  write: {
    names: ['write', 'write_file', 'write_to_file', 'create_file'],
    path: ['path', 'file_path', 'filePath'],
    text: ['content', 'contents', 'text', 'file_text'],
  },
  edit: {
    names: ['edit', 'edit_file', 'str_replace', 'replace'],
    path: ['path', 'file_path', 'filePath'],
    before: ['oldText', 'old_string', 'oldString', 'old_str', 'old'],
    after: ['newText', 'new_string', 'newString', 'new_str', 'new'],
  },
  list: { names: ['ls', 'list', 'list_files', 'list_dir'], path: ['path', 'dir'] },
  glob: { names: ['glob', 'find_files', 'file_search'], pattern: ['pattern', 'query'] },
  grep: {
    names: ['grep', 'grep_search', 'search_files', 'search'],
    pattern: ['pattern', 'query', 'regex'],
    path: ['path'],
  },
  task: {
    names: ['task', 'agent', 'subagent'],
    prompt: ['prompt', 'task'],
    agent: ['agent', 'subagent_type', 'name'],
    description: ['description'],
  },
  todo: { names: ['todo', 'todo_write', 'todowrite'], items: ['items', 'todos'] },
} as const;

/** Calls the tools of Cerevisor's own loop and of similar programs, as far as the request offers them. */
export function genericToolbox({ tools }: Pick<Conversation, 'tools'>): Toolbox {
  const find = (names: readonly string[]): OfferedTool | undefined =>
    names.flatMap((name) => tools.filter((tool) => tool.name.toLowerCase() === name))[0];
  const named = (name: string, input: Readonly<Record<string, unknown>>): ToolInput | undefined =>
    tools.some((tool) => tool.name === name) ? { name, input } : undefined;
  const build = (kind: keyof typeof TOOLS, values: Readonly<Record<string, unknown>>) => {
    const { names, ...parameters } = TOOLS[kind];
    const tool = find(names);
    return tool === undefined
      ? undefined
      : { name: tool.name, input: argsOf(tool, parameters, values) };
  };
  return {
    callFor: (use: ToolUse) => {
      switch (use.kind) {
        case 'run':
        case 'read':
        case 'write':
        case 'edit':
        case 'list':
        case 'glob':
        case 'grep':
        case 'todo':
          return build(use.kind, { ...use });
        case 'task':
          return build('task', {
            ...use,
            description: (use.prompt.split('\n')[0] ?? '').slice(0, 60),
          });
        case 'mcp':
          return named(`mcp__${use.server}__${use.tool}`, use.args);
        case 'named':
          return named(use.name, use.args);
        // The caller uses a command or a message instead.
        case 'append':
        case 'delete':
        case 'ask':
        case 'answer':
          return undefined;
        default:
          return use satisfies never;
      }
    },
  };
}

/** The arguments under the names in the tool's schema; without a schema, under the most common names. */
function argsOf(
  { schema }: OfferedTool,
  parameters: Readonly<Record<string, readonly string[]>>,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const known = propertiesOf(schema);
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([parameter, names]) => {
      const value = values[parameter];
      const name = known === undefined ? names[0] : names.find((one) => known.has(one));
      return value === undefined || name === undefined ? [] : [[name, value]];
    }),
  );
}

function propertiesOf(schema: unknown): ReadonlySet<string> | undefined {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return undefined;
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null
    ? new Set(Object.keys(properties))
    : undefined;
}
