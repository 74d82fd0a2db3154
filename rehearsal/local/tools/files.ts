import type { CallIdentity } from '../../agent/interruption.ts';
import type { FileRefusal } from '../proto/tools_pb.ts';
import type { TurnContext } from '../turn/turn-context.ts';
import { callTool, describeCall } from './call-tool.ts';
import { lineDiff } from './line-diff.ts';
import {
  catchWorkspaceError,
  displayPath,
  failureMessage,
  pathKey,
  resolveTarget,
} from './paths.ts';

/** Reads a file through the client: its text, or what the client said instead. */
async function readText(
  { client }: TurnContext,
  path: string,
  toolCallId: string,
): Promise<{ readonly text: string } | { readonly problem: string; readonly isMissing: boolean }> {
  const { answers, thrown } = await client.request({
    case: 'readArgs',
    value: { path, toolCallId },
  });
  for (const answer of answers) {
    if (answer.case !== 'readResult') continue;
    const { result } = answer.value;
    if (result.case === 'success') return { text: result.value.content };
    if (result.case === 'fileNotFound') return { problem: `${path} is not there`, isMissing: true };
    if (result.case !== undefined) {
      return { problem: refusalText(result.case, result.value), isMissing: false };
    }
  }
  return { problem: thrown ?? `${path} could not be read`, isMissing: false };
}

export async function readStep(stage: TurnContext, path: string): Promise<void> {
  const identity = { tool: 'read', key: pathKey(stage, path) };
  const args = { path: displayPath(stage, path) };
  let problem = '';
  await callTool(stage, identity, { case: 'readToolCall', value: { args } }, async (callId) => {
    const read = await catchWorkspaceError(async () =>
      readText(stage, await resolveTarget(stage, path), callId),
    );
    const result =
      'text' in read
        ? {
            case: 'success' as const,
            value: {
              content: read.text,
              isEmpty: read.text === '',
              totalLines: lineCount(read.text),
              fileSize: Buffer.byteLength(read.text),
              path: args.path,
            },
          }
        : { case: 'error' as const, value: { errorMessage: read.problem } };
    if ('problem' in read) problem = read.problem;
    return { case: 'readToolCall', value: { args, result: { result } } };
  });
  // Observed: the SDK shows the bare word "error" for a read that failed, whatever its text was.
  if (problem !== '') await stage.writer.writeText(`I could not read it: ${problem}.\n\n`);
}

/** The text that a file is to have, made from the one it has. Throws `WorkspaceError` when that cannot be. */
type Change = (before: string | undefined) => string;

/** Changes a file through the client, which the SDK shows as an edit, also when the file is new. */
export async function changeStep(
  stage: TurnContext,
  path: string,
  change: Change,
  isDone: (before: string | undefined) => boolean,
): Promise<void> {
  const identity = { tool: 'edit', key: pathKey(stage, path) };
  if (await tookEffect(stage, identity, path, isDone)) return;
  const args = { path: displayPath(stage, path) };
  await callTool(stage, identity, { case: 'editToolCall', value: { args } }, async (callId) => {
    const result = await catchWorkspaceError(() => write(stage, path, callId, change));
    const text = 'after' in result ? { streamContent: result.after } : {};
    return {
      case: 'editToolCall',
      value: {
        args: { ...args, ...text },
        result: {
          result: 'after' in result ? edited(args.path, result) : failed(args.path, result),
        },
      },
    };
  });
}

/** Whether a call whose result nobody recorded did what it was meant to do: the file tells. */
async function tookEffect(
  stage: TurnContext,
  identity: CallIdentity,
  path: string,
  isDone: (before: string | undefined) => boolean,
): Promise<boolean> {
  if (stage.recorded?.isUnknown(identity) !== true) return false;
  const read = await catchWorkspaceError(async () =>
    readText(stage, await resolveTarget(stage, path), ''),
  );
  const isMissing = 'isMissing' in read && read.isMissing;
  if (!('text' in read) && !isMissing) return false;
  if (!isDone('text' in read ? read.text : undefined)) return false;
  await stage.writer.writeText(
    `I skip ${describeCall(identity)}: I looked, and it took effect.\n\n`,
  );
  return true;
}

type Written = { readonly before: string | undefined; readonly after: string };

async function write(
  stage: TurnContext,
  path: string,
  toolCallId: string,
  change: Change,
): Promise<Written | { readonly problem: string }> {
  const target = await resolveTarget(stage, path);
  const read = await readText(stage, target, toolCallId);
  if ('problem' in read && !read.isMissing) return read;
  const before = 'text' in read ? read.text : undefined;
  const after = change(before);
  const { answers, thrown } = await stage.client.request({
    case: 'writeArgs',
    value: { path: target, fileText: after, toolCallId, returnFileContentAfterWrite: true },
  });
  for (const answer of answers) {
    if (answer.case !== 'writeResult') continue;
    const { result } = answer.value;
    if (result.case === 'success') {
      stage.written.add(pathKey(stage, path));
      return { before, after };
    }
    if (result.case === 'permissionDenied') return { problem: result.value.error };
    if (result.case !== undefined) return { problem: refusalText(result.case, result.value) };
  }
  return { problem: thrown ?? `${path} could not be written` };
}

export async function deleteStep(stage: TurnContext, path: string): Promise<void> {
  const identity = { tool: 'delete', key: pathKey(stage, path) };
  if (await tookEffect(stage, identity, path, (before) => before === undefined)) return;
  const args = { path: displayPath(stage, path) };
  await callTool(
    stage,
    identity,
    { case: 'deleteToolCall', value: { args } },
    async (toolCallId) => {
      const outcome = await catchWorkspaceError(async () => {
        const target = await resolveTarget(stage, path);
        return stage.client.request({ case: 'deleteArgs', value: { path: target, toolCallId } });
      });
      const answer = 'answers' in outcome ? outcome.answers[0] : undefined;
      const result =
        answer?.case === 'deleteResult' && answer.value.result.case !== undefined
          ? answer.value.result
          : {
              case: 'error' as const,
              value: {
                path: args.path,
                reason: failureMessage(outcome, `${path} could not be deleted`),
              },
            };
      return { case: 'deleteToolCall', value: { args, result: { result } } };
    },
  );
}

function edited(path: string, { before, after }: Written) {
  const { added, removed, diff } = lineDiff(before ?? '', after);
  return {
    case: 'success' as const,
    value: {
      path,
      linesAdded: added,
      linesRemoved: removed,
      diffString: diff,
      ...(before === undefined ? {} : { beforeFullFileContent: before }),
      afterFullFileContent: after,
    },
  };
}

const failed = (path: string, { problem }: { readonly problem: string }) => ({
  case: 'error' as const,
  value: { path, reason: problem },
});

const refusalText = (kind: string, { path, reason }: FileRefusal): string =>
  `${path}: ${reason === '' ? kind : reason}`;

const lineCount = (text: string): number => text.split('\n').length;
