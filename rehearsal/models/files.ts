import { describeCall } from '../agent/interruption.ts';
import { pathInside, WorkspaceError } from '../agent/workspace-path.ts';
import type { PastCall } from './conversation.ts';
import type { PartGenerator } from './parts.ts';
import type { ToolUse } from './toolbox.ts';
import { callTool, type ModelTurnContext, sayText } from './turn-context.ts';

type FileUse = Extract<ToolUse, { readonly path: string }>;

/** Calls a tool for a file in the working folder. Returns whether it succeeded. */
export function* callFileTool(context: ModelTurnContext, use: FileUse): PartGenerator<boolean> {
  const outcome = yield* tryFileTool(context, use);
  return outcome !== undefined && !outcome.isError;
}

/** For a file outside the working folder, the model only reports why it cannot access it. */
function* tryFileTool(
  context: ModelTurnContext,
  use: FileUse,
): PartGenerator<PastCall | undefined> {
  const path = yield* checkedPath(context, use.path);
  if (path === undefined) return undefined;
  const key = use.kind === 'grep' ? use.pattern : path;
  if (yield* tookEffect(context, { ...use, path })) return undefined;
  const result = yield* callTool(context, { ...use, path }, { tool: identityTools[use.kind], key });
  const isWriting = use.kind === 'write' || use.kind === 'append' || use.kind === 'edit';
  if (result !== undefined && !result.isError && isWriting) context.written.add(path);
  return result;
}

export function* readFile(context: ModelTurnContext, path: string): PartGenerator {
  yield* callFileTool(context, { kind: 'read', path });
}

/** Writes a file unless it exists, which the model checks by reading it. */
export function* writeMissing(
  context: ModelTurnContext,
  path: string,
  text: string,
): PartGenerator {
  const isDone = context.recorded?.isDone({ tool: 'edit', key: path }) === true;
  if (!isDone && (yield* callFileTool(context, { kind: 'read', path }))) return;
  yield* callFileTool(context, { kind: 'write', path, text });
}

/** Changes a file. If the harness requires it to be read first, the model reads it and tries again. */
export function* changeFile(context: ModelTurnContext, use: FileUse): PartGenerator {
  const isDone = context.recorded?.isDone({ tool: 'edit', key: use.path }) === true;
  if (use.kind === 'edit' && !isDone)
    yield* callFileTool(context, { kind: 'read', path: use.path });
  const outcome = yield* tryFileTool(context, use);
  if (outcome?.isError !== true || !mustBeRead.test(outcome.result)) return;
  yield* callFileTool(context, { kind: 'read', path: use.path });
  yield* callFileTool(context, use);
}

const mustBeRead = /has not been read|read it first/i;

const identityTools = {
  read: 'read',
  write: 'edit',
  append: 'edit',
  edit: 'edit',
  delete: 'delete',
  list: 'ls',
  grep: 'grep',
} as const satisfies Record<FileUse['kind'], string>;

function* checkedPath(context: ModelTurnContext, path: string): PartGenerator<string | undefined> {
  try {
    return pathInside(context.folder ?? '/nowhere', path);
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    yield* sayText(context, `I could not do it: ${error.message}.\n\n`);
    return undefined;
  }
}

/** Whether a call without a recorded result took effect, according to the file. */
function* tookEffect(context: ModelTurnContext, use: FileUse): PartGenerator<boolean> {
  const { kind, path } = use;
  if (kind !== 'write' && kind !== 'append' && kind !== 'edit' && kind !== 'delete') return false;
  const identity = { tool: identityTools[kind], key: path };
  if (context.recorded?.isUnknown(identity) !== true) return false;
  const read = yield* callTool(context, { kind: 'read', path }, { tool: 'check', key: path });
  if (read === undefined) return false;
  const isDone = kind === 'delete' ? read.isError : !read.isError && showsChange(read.result, use);
  if (!isDone) return false;
  yield* sayText(context, `I skip ${describeCall(identity)}: I looked, and it took effect.\n\n`);
  return true;
}

/** Whether a tool result shows the changed file. Tools may add line numbers, so every line only has to occur in it. */
function showsChange(result: string, use: FileUse): boolean {
  const text = use.kind === 'edit' ? use.after : 'text' in use ? use.text : '';
  const isOldTextGone = use.kind !== 'edit' || !result.includes(use.before);
  return isOldTextGone && text.split('\n').every((line) => result.includes(line.trim()));
}
