import { type CallIdentity, describeCall } from '../../agent/interruption.ts';
import type { FileRefusal } from '../proto/tools_pb.ts';
import type { TurnContext } from '../turn/turn-context.ts';
import { callTool } from './call-tool.ts';
import { lineDiff } from './line-diff.ts';
import {
  catchWorkspaceError,
  displayPath,
  failureMessage,
  pathKey,
  resolveTarget,
} from './paths.ts';

/** Reads a file through the client. Returns its text, or the reason why it cannot be read. */
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

export async function readStep(context: TurnContext, path: string): Promise<void> {
  const identity = { tool: 'read', key: pathKey(context, path) };
  const args = { path: displayPath(context, path) };
  let problem = '';
  await callTool(context, identity, { case: 'readToolCall', value: { args } }, async (callId) => {
    const read = await catchWorkspaceError(async () =>
      readText(context, await resolveTarget(context, path), callId),
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
  // Observed: the SDK shows only the word "error" for a failed read, not its message.
  if (problem !== '') await context.writer.writeText(`I could not read it: ${problem}.\n\n`);
}

/** Returns the new text of a file, given the current one. Throws `WorkspaceError` if the change is not possible. */
type Change = (before: string | undefined) => string;

/** Changes a file through the client. The SDK shows it as an edit, also for a new file. */
export async function changeStep(
  context: TurnContext,
  path: string,
  change: Change,
  isDone: (before: string | undefined) => boolean,
): Promise<void> {
  const identity = { tool: 'edit', key: pathKey(context, path) };
  if (await tookEffect(context, identity, path, isDone)) return;
  const args = { path: displayPath(context, path) };
  await callTool(context, identity, { case: 'editToolCall', value: { args } }, async (callId) => {
    const result = await catchWorkspaceError(() => write(context, path, callId, change));
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

/** Whether a call without a recorded result took effect, according to the file. */
async function tookEffect(
  context: TurnContext,
  identity: CallIdentity,
  path: string,
  isDone: (before: string | undefined) => boolean,
): Promise<boolean> {
  if (context.recorded?.isUnknown(identity) !== true) return false;
  const read = await catchWorkspaceError(async () =>
    readText(context, await resolveTarget(context, path), ''),
  );
  const isMissing = 'isMissing' in read && read.isMissing;
  if (!('text' in read) && !isMissing) return false;
  if (!isDone('text' in read ? read.text : undefined)) return false;
  await context.writer.writeText(
    `I skip ${describeCall(identity)}: I looked, and it took effect.\n\n`,
  );
  return true;
}

type Written = { readonly before: string | undefined; readonly after: string };

async function write(
  context: TurnContext,
  path: string,
  toolCallId: string,
  change: Change,
): Promise<Written | { readonly problem: string }> {
  const target = await resolveTarget(context, path);
  const read = await readText(context, target, toolCallId);
  if ('problem' in read && !read.isMissing) return read;
  const before = 'text' in read ? read.text : undefined;
  const after = change(before);
  const { answers, thrown } = await context.client.request({
    case: 'writeArgs',
    value: { path: target, fileText: after, toolCallId, returnFileContentAfterWrite: true },
  });
  for (const answer of answers) {
    if (answer.case !== 'writeResult') continue;
    const { result } = answer.value;
    if (result.case === 'success') {
      context.written.add(pathKey(context, path));
      return { before, after };
    }
    if (result.case === 'permissionDenied') return { problem: result.value.error };
    if (result.case !== undefined) return { problem: refusalText(result.case, result.value) };
  }
  return { problem: thrown ?? `${path} could not be written` };
}

export async function deleteStep(context: TurnContext, path: string): Promise<void> {
  const identity = { tool: 'delete', key: pathKey(context, path) };
  if (await tookEffect(context, identity, path, (before) => before === undefined)) return;
  const args = { path: displayPath(context, path) };
  await callTool(
    context,
    identity,
    { case: 'deleteToolCall', value: { args } },
    async (toolCallId) => {
      const outcome = await catchWorkspaceError(async () => {
        const target = await resolveTarget(context, path);
        return context.client.request({ case: 'deleteArgs', value: { path: target, toolCallId } });
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
