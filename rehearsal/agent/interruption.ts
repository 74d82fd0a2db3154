import { outlineOf } from './fences.ts';

/** A tool call that the prompt says was begun. */
export type RecordedCall = { readonly tool: string; readonly argsText: string };

/** What a prompt says that continues with an interrupted turn. */
export type Interruption = {
  readonly task: string;
  readonly done: readonly RecordedCall[];
  /** Earlier calls that the list leaves out; all of them are done. */
  readonly leftOut: number;
  /** Begun; nobody knows whether they took effect. */
  readonly unknown: readonly RecordedCall[];
  /** The end of what was said before. */
  readonly written: string;
};

/** The second is what Cerevisor's own loop puts instead of a conversation that has grown too long. */
const beginning =
  /^\s*(Your previous turn was interrupted|The conversation so far was summarized)\b/;

/** Reads a prompt that tells of an interrupted turn; `undefined` when it is any other prompt. */
export function readInterruption(prompt: string): Interruption | undefined {
  if (!beginning.test(prompt)) return undefined;
  const { fences } = outlineOf(prompt);
  const taskLine = prompt.search(/^The task was:\s*$/m);
  const task = fences.find(({ start }) => taskLine !== -1 && start > taskLine);
  if (task === undefined) return undefined;
  const rest = prompt.slice(task.end);
  const writtenLine = rest.search(/^Text that you had written so far:/m);
  const calls = callsIn(writtenLine === -1 ? rest : rest.slice(0, writtenLine));
  const written = fences.find(({ start }) => writtenLine !== -1 && start > task.end + writtenLine);
  const own = {
    leftOut: Number(/^\((\d+) earlier calls are left out/m.exec(rest)?.[1] ?? 0),
    done: calls.filter(({ isDone }) => isDone).map(({ call }) => call),
    unknown: calls.filter(({ isDone }) => !isDone).map(({ call }) => call),
    written: written?.content ?? '',
  };
  // Interrupted while it continued with an interrupted turn: all of it counts.
  const earlier = readInterruption(task.content);
  if (earlier === undefined) return { task: task.content, ...own };
  return {
    task: earlier.task,
    leftOut: earlier.leftOut + own.leftOut,
    done: [...earlier.done, ...own.done],
    unknown: [...earlier.unknown, ...own.unknown],
    written: `${earlier.written}\n${own.written}`,
  };
}

/** A call that failed is done as well: its result is known, and a script continues whatever came of a call. */
function callsIn(text: string): { readonly isDone: boolean; readonly call: RecordedCall }[] {
  return [...text.matchAll(/^- \[(done|failed|unknown)\] (\S+)[ \t]*(.*)$/gm)].map(
    ([, mark, tool = '', argsText = '']) => ({
      isDone: mark !== 'unknown',
      call: { tool, argsText },
    }),
  );
}

/** Which call it is: the tool, and the argument that tells it from others of its kind. */
export type CallIdentity = { readonly tool: string; readonly key: string };

/** Takes the calls that are done off the list one by one, in their order, as the plan comes to them. */
export class RecordedCalls {
  readonly #done: RecordedCall[];
  readonly #unknown: readonly RecordedCall[];
  #leftOut: number;

  constructor({ done, unknown, leftOut }: Pick<Interruption, 'done' | 'unknown' | 'leftOut'>) {
    this.#leftOut = leftOut;
    this.#done = [...done];
    this.#unknown = unknown;
  }

  /** Whether this call is done; each record counts for one call. */
  takeDone(identity: CallIdentity): boolean {
    if (this.#leftOut > 0) {
      this.#leftOut -= 1;
      return true;
    }
    const place = this.#done.findIndex((call) => isSame(call, identity));
    if (place === -1) return false;
    this.#done.splice(place, 1);
    return true;
  }

  /** Whether a record says that this call is done; takes nothing off the list. */
  isDone(identity: CallIdentity): boolean {
    return this.#leftOut > 0 || this.#done.some((call) => isSame(call, identity));
  }

  /** How many of the calls, in their order, are the ones recorded as done: the work continues after the last of them. */
  lastDoneOf(calls: readonly (CallIdentity | undefined)[]): number {
    const left = [...this.#done];
    let leftOut = this.#leftOut;
    let last = -1;
    for (const [index, identity] of calls.entries()) {
      if (identity !== undefined && leftOut > 0) {
        leftOut -= 1;
        last = index;
        continue;
      }
      const place = identity === undefined ? -1 : left.findIndex((call) => isSame(call, identity));
      if (place === -1) continue;
      left.splice(place, 1);
      last = index;
    }
    return last;
  }

  isUnknown(identity: CallIdentity): boolean {
    return this.#unknown.some((call) => isSame(call, identity));
  }
}

/** The arguments that tell calls of a tool apart, by the names that the harnesses show them under. */
const keysOfTools: Readonly<Record<string, readonly string[]>> = {
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
/** Other names of the same tools, in other harnesses. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  shell: ['bash', 'exec_command', 'run'],
  edit: ['write', 'apply_patch'],
  ls: ['list'],
  grep: ['search'],
  task: ['agent'],
};

function isSame(call: RecordedCall, { tool, key }: CallIdentity): boolean {
  const name = call.tool.toLowerCase();
  // Tools of MCP servers have names of their own in some harnesses.
  if (tool === 'mcp' && /^mcp__/.test(name)) return name.endsWith(`__${key.toLowerCase()}`);
  if (name !== tool && otherNames[tool]?.includes(name) !== true) return false;
  return (keysOfTools[tool] ?? []).some((property) => {
    const found = stringProperty(call.argsText, property);
    if (found === undefined) return false;
    if (fileTools.has(tool)) return found === key || found.endsWith(`/${key}`);
    // The record may have been cut in the middle of the argument.
    return found === key || (found.length > 1_000 && key.startsWith(found));
  });
}

/** A text among the arguments, also when the JSON was cut somewhere. */
function stringProperty(json: string, property: string): string | undefined {
  const match = new RegExp(`"${property}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)`).exec(json);
  if (match?.[1] === undefined) return undefined;
  try {
    return String(JSON.parse(`"${match[1]}"`));
  } catch {
    return match[1]; // Cut within an escape; what is there is compared as it is.
  }
}
