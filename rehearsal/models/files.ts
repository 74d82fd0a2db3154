import { pathInside, WorkspaceError } from '../agent/workspace-path.ts';
import type { PastCall } from './conversation.ts';
import type { PartGenerator } from './parts.ts';
import type { ToolUse } from './toolbox.ts';
import { callTool, describeCall, type ModelTurnContext, sayText } from './turn-context.ts';

type FileUse = Extract<ToolUse, { readonly path: string }>;

/** Uses a tool on a file below the working folder, and returns whether that succeeded. */
export function* callFileTool(stage: ModelTurnContext, use: FileUse): PartGenerator<boolean> {
  const outcome = yield* tryFileTool(stage, use);
  return outcome !== undefined && !outcome.isError;
}

/** For a file outside the working folder the model says why it does not touch it. */
function* tryFileTool(stage: ModelTurnContext, use: FileUse): PartGenerator<PastCall | undefined> {
  const path = yield* checkedPath(stage, use.path);
  if (path === undefined) return undefined;
  const key = use.kind === 'grep' ? use.pattern : path;
  if (yield* tookEffect(stage, { ...use, path })) return undefined;
  const result = yield* callTool(stage, { ...use, path }, { tool: identityTools[use.kind], key });
  const isWriting = use.kind === 'write' || use.kind === 'append' || use.kind === 'edit';
  if (result !== undefined && !result.isError && isWriting) stage.written.add(path);
  return result;
}

export function* readFile(stage: ModelTurnContext, path: string): PartGenerator {
  yield* callFileTool(stage, { kind: 'read', path });
}

/** Writes a file unless one is there: to find out, the model tries to read it. */
export function* writeMissing(stage: ModelTurnContext, path: string, text: string): PartGenerator {
  const isDone = stage.recorded?.isDone({ tool: 'edit', key: path }) === true;
  if (!isDone && (yield* callFileTool(stage, { kind: 'read', path }))) return;
  yield* callFileTool(stage, { kind: 'write', path, text });
}

/** Changes a file; where the harness wants that it is read before, the model does that and tries again. */
export function* changeFile(stage: ModelTurnContext, use: FileUse): PartGenerator {
  const isDone = stage.recorded?.isDone({ tool: 'edit', key: use.path }) === true;
  if (use.kind === 'edit' && !isDone) yield* callFileTool(stage, { kind: 'read', path: use.path });
  const outcome = yield* tryFileTool(stage, use);
  if (outcome?.isError !== true || !mustBeRead.test(outcome.result)) return;
  yield* callFileTool(stage, { kind: 'read', path: use.path });
  yield* callFileTool(stage, use);
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

function* checkedPath(stage: ModelTurnContext, path: string): PartGenerator<string | undefined> {
  try {
    return pathInside(stage.folder ?? '/nowhere', path);
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    yield* sayText(stage, `I could not do it: ${error.message}.\n\n`);
    return undefined;
  }
}

/** Whether a call whose result nobody recorded did what it was meant to do: the file tells. */
function* tookEffect(stage: ModelTurnContext, use: FileUse): PartGenerator<boolean> {
  const { kind, path } = use;
  if (kind !== 'write' && kind !== 'append' && kind !== 'edit' && kind !== 'delete') return false;
  const identity = { tool: identityTools[kind], key: path };
  if (stage.recorded?.isUnknown(identity) !== true) return false;
  const read = yield* callTool(stage, { kind: 'read', path }, { tool: 'look', key: path });
  if (read === undefined) return false;
  const isDone = kind === 'delete' ? read.isError : !read.isError && showsChange(read.result, use);
  if (!isDone) return false;
  yield* sayText(stage, `I skip ${describeCall(identity)}: I looked, and it took effect.\n\n`);
  return true;
}

/** Tools show a file in their own way, with line numbers for instance: it is enough that every line is there. */
function showsChange(result: string, use: FileUse): boolean {
  const text = use.kind === 'edit' ? use.after : 'text' in use ? use.text : '';
  const isOldGone = use.kind !== 'edit' || !result.includes(use.before);
  return isOldGone && text.split('\n').every((line) => result.includes(line.trim()));
}
