import { outlineOf } from './fences.ts';

/** A tool call that the prompt lists as started before the interruption. */
export type RecordedCall = { readonly tool: string; readonly argsText: string };

/** The content of a prompt that continues an interrupted turn. */
export type Interruption = {
  readonly task: string;
  readonly done: readonly RecordedCall[];
  /** Number of earlier calls that the list omits; all of them are done. */
  readonly leftOut: number;
  /** Started; it is unknown whether they took effect. */
  readonly unknown: readonly RecordedCall[];
  /** The end of the text that was written before the interruption. */
  readonly written: string;
};

/**
 * The second alternative is the prompt with which Cerevisor's own loop replaces a conversation that has grown too long.
 */
const resumePromptStart =
  /^\s*(Your previous turn was interrupted|The conversation so far was summarized)\b/;

/** Parses a prompt that continues an interrupted turn. Returns `undefined` for any other prompt. */
export function parseInterruption(prompt: string): Interruption | undefined {
  if (!resumePromptStart.test(prompt)) return undefined;
  const { fences } = outlineOf(prompt);
  const taskLine = prompt.search(/^The task was:\s*$/m);
  const task = fences.find(({ start }) => taskLine !== -1 && start > taskLine);
  if (task === undefined) return undefined;
  const rest = prompt.slice(task.end);
  const writtenLine = rest.search(/^Text that you had written so far:/m);
  const calls = callsIn(writtenLine === -1 ? rest : rest.slice(0, writtenLine));
  const written = fences.find(({ start }) => writtenLine !== -1 && start > task.end + writtenLine);
  const current = {
    leftOut: Number(/^\((\d+) earlier calls are left out/m.exec(rest)?.[1] ?? 0),
    done: calls.filter(({ isDone }) => isDone).map(({ call }) => call),
    unknown: calls.filter(({ isDone }) => !isDone).map(({ call }) => call),
    written: written?.content ?? '',
  };
  // The interrupted turn itself continued an interrupted turn: the records of both count.
  const earlier = parseInterruption(task.content);
  if (earlier === undefined) return { task: task.content, ...current };
  return {
    task: earlier.task,
    leftOut: earlier.leftOut + current.leftOut,
    done: [...earlier.done, ...current.done],
    unknown: [...earlier.unknown, ...current.unknown],
    written: `${earlier.written}\n${current.written}`,
  };
}

/** A failed call counts as done: its result is known, and a script continues after a failed call. */
function callsIn(text: string): { readonly isDone: boolean; readonly call: RecordedCall }[] {
  return [...text.matchAll(/^- \[(done|failed|unknown)\] (\S+)[ \t]*(.*)$/gm)].map(
    ([, mark, tool = '', argsText = '']) => ({
      isDone: mark !== 'unknown',
      call: { tool, argsText },
    }),
  );
}

/** Identifies a call: the tool, and the argument that distinguishes its calls. */
export type CallIdentity = { readonly tool: string; readonly key: string };

const maxShownCharacters = 120;

/** A short Markdown description of a call, for the agent's messages. */
export function describeCall({ tool, key }: CallIdentity): string {
  const text = key.length > maxShownCharacters ? `${key.slice(0, maxShownCharacters)}…` : key;
  return `\`${tool} ${text.replaceAll('`', "'").replaceAll('\n', ' ')}\``;
}

/** The recorded calls of an interrupted turn. Calls that are done are consumed one by one as the plan reaches them. */
export class RecordedCalls {
  readonly #done: RecordedCall[];
  readonly #unknown: readonly RecordedCall[];
  #leftOut: number;

  constructor({ done, unknown, leftOut }: Pick<Interruption, 'done' | 'unknown' | 'leftOut'>) {
    this.#leftOut = leftOut;
    this.#done = [...done];
    this.#unknown = unknown;
  }

  /** Whether this call is done. Consumes the record: each record counts for one call. */
  takeDone(identity: CallIdentity): boolean {
    if (this.#leftOut > 0) {
      this.#leftOut -= 1;
      return true;
    }
    const index = this.#done.findIndex((call) => isSameCall(call, identity));
    if (index === -1) return false;
    this.#done.splice(index, 1);
    return true;
  }

  /** Whether this call is recorded as done. Does not consume the record. */
  isDone(identity: CallIdentity): boolean {
    return this.#leftOut > 0 || this.#done.some((call) => isSameCall(call, identity));
  }

  /** Index of the last of the calls that is recorded as done, or -1: the work continues after it. */
  lastDoneIndex(calls: readonly (CallIdentity | undefined)[]): number {
    const left = [...this.#done];
    let leftOut = this.#leftOut;
    let last = -1;
    for (const [index, identity] of calls.entries()) {
      if (identity !== undefined && leftOut > 0) {
        leftOut -= 1;
        last = index;
        continue;
      }
      const recorded =
        identity === undefined ? -1 : left.findIndex((call) => isSameCall(call, identity));
      if (recorded === -1) continue;
      left.splice(recorded, 1);
      last = index;
    }
    return last;
  }

  isUnknown(identity: CallIdentity): boolean {
    return this.#unknown.some((call) => isSameCall(call, identity));
  }
}

/** The argument that identifies a call of each tool, under the names that the harnesses use. */
const identifyingArguments: Readonly<Record<string, readonly string[]>> = {
  shell: ['command', 'cmd'],
  read: ['path', 'file_path'],
  edit: ['path', 'file_path'],
  delete: ['path', 'file_path'],
  ls: ['path'],
  glob: ['globPattern', 'glob_pattern', 'pattern'],
  grep: ['pattern'],
  mcp: ['toolName', 'tool_name', 'tool', 'name'],
  task: ['prompt'],
};
const fileTools = new Set(['read', 'edit', 'delete', 'ls']);
/** Names of the same tools in other harnesses. */
const toolAliases: Readonly<Record<string, readonly string[]>> = {
  shell: ['bash', 'exec_command', 'run'],
  edit: ['write', 'apply_patch'],
  ls: ['list'],
  grep: ['search'],
  task: ['agent'],
};

function isSameCall(call: RecordedCall, { tool, key }: CallIdentity): boolean {
  const name = call.tool.toLowerCase();
  // Some harnesses name the tools of MCP servers `mcp__SERVER__TOOL`.
  if (tool === 'mcp' && /^mcp__/.test(name)) return name.endsWith(`__${key.toLowerCase()}`);
  if (name !== tool && toolAliases[tool]?.includes(name) !== true) return false;
  return (identifyingArguments[tool] ?? []).some((property) => {
    const value = stringProperty(call.argsText, property);
    if (value === undefined) return false;
    if (fileTools.has(tool)) return value === key || value.endsWith(`/${key}`);
    // The record may have been truncated in the middle of the argument.
    return value === key || (value.length > 1_000 && key.startsWith(value));
  });
}

/** A string property of JSON that may have been truncated. */
function stringProperty(json: string, property: string): string | undefined {
  const match = new RegExp(`"${property}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)`).exec(json);
  if (match?.[1] === undefined) return undefined;
  try {
    return String(JSON.parse(`"${match[1]}"`));
  } catch {
    return match[1]; // Truncated inside an escape sequence; the raw text is compared.
  }
}
