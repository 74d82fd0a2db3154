import { isAbsolute, join } from 'node:path';
import type { Conversation } from '../conversation.ts';
import type { Toolbox, ToolInput, ToolUse } from '../toolbox.ts';
import { answerToolName } from './read.ts';

const maxLength = { description: 60 } as const;

/** Calls the tools of Claude Code, as far as the request offers them. */
export function claudeToolbox({ tools, folder }: Conversation): Toolbox {
  const names = new Set(tools.map(({ name }) => name));
  const absolutePath = (path: string): string =>
    isAbsolute(path) || folder === undefined ? path : join(folder, path);
  return {
    callFor(use) {
      const call = build(use, absolutePath, names);
      return call !== undefined && names.has(call.name) ? call : undefined;
    },
  };
}

function build(
  use: ToolUse,
  absolutePath: (path: string) => string,
  names: ReadonlySet<string>,
): ToolInput | undefined {
  switch (use.kind) {
    case 'run': {
      const description = `Run ${use.command.slice(0, maxLength.description)}`;
      return { name: 'Bash', input: { command: use.command, description } };
    }
    case 'read':
      return { name: 'Read', input: { file_path: absolutePath(use.path) } };
    case 'write':
      return { name: 'Write', input: { file_path: absolutePath(use.path), content: use.text } };
    case 'edit': {
      const { path, before, after } = use;
      const input = { file_path: absolutePath(path), old_string: before, new_string: after };
      return { name: 'Edit', input };
    }
    case 'glob':
      return { name: 'Glob', input: { pattern: use.pattern } };
    case 'grep': {
      const { pattern, path } = use;
      return { name: 'Grep', input: { pattern, path: absolutePath(path), output_mode: 'content' } };
    }
    default:
      return buildOther(use, names);
  }
}

function buildOther(use: ToolUse, names: ReadonlySet<string>): ToolInput | undefined {
  switch (use.kind) {
    case 'mcp':
      return { name: `mcp__${use.server}__${use.tool}`, input: use.args };
    case 'task': {
      const { prompt, agent } = use;
      const description = (prompt.split('\n')[0] ?? '').slice(0, maxLength.description);
      // The tool has had both names.
      const name = names.has('Agent') ? 'Agent' : 'Task';
      return { name, input: { description, prompt, subagent_type: agent } };
    }
    case 'ask':
      return { name: 'AskUserQuestion', input: question(use.question) };
    case 'todo': {
      const todos = use.items.map((content) => ({
        content,
        status: 'pending',
        activeForm: content,
      }));
      return { name: 'TodoWrite', input: { todos } };
    }
    case 'named':
      return { name: use.name, input: use.args };
    case 'answer':
      return typeof use.value === 'object' && use.value !== null
        ? { name: answerToolName, input: { ...use.value } }
        : undefined;
    default:
      return undefined;
  }
}

const question = (text: string) => ({
  questions: [
    {
      question: text,
      header: 'Question',
      multiSelect: false,
      options: [
        { label: 'Yes', description: 'Yes' },
        { label: 'No', description: 'No' },
      ],
    },
  ],
});
