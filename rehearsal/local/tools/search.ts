import type { ClientAnswer, ClientRequest } from '../stream/client.ts';
import type { TurnContext } from '../turn/turn-context.ts';
import { callTool } from './call-tool.ts';
import {
  catchWorkspaceError,
  displayPath,
  failureMessage,
  pathKey,
  resolveTarget,
} from './paths.ts';

export async function listStep(context: TurnContext, path: string): Promise<void> {
  const args = { path: displayPath(context, path) };
  const identity = { tool: 'ls', key: pathKey(context, path) };
  await callTool(context, identity, { case: 'lsToolCall', value: { args } }, async (toolCallId) => {
    const outcome = await ask(context, path, (target) => ({
      case: 'lsArgs',
      value: { path: target, toolCallId },
    }));
    const answer = answerOf(outcome, 'lsResult');
    const result =
      answer?.value.result.case === undefined
        ? {
            case: 'error' as const,
            value: {
              path: args.path,
              reason: failureMessage(outcome, 'The folder could not be listed'),
            },
          }
        : answer.value.result;
    return { case: 'lsToolCall', value: { args, result: { result } } };
  });
}

/**
 * Returns the files whose path matches the pattern. The protocol has no request for this, so it is a search for the
 * empty pattern.
 */
export async function globStep(
  context: TurnContext,
  globPattern: string,
): Promise<readonly string[]> {
  const args = { globPattern, targetDirectory: context.folder };
  const identity = { tool: 'glob', key: globPattern };
  let files: readonly string[] = [];
  await callTool(
    context,
    identity,
    { case: 'globToolCall', value: { args } },
    async (toolCallId) => {
      const outcome = await ask(context, '.', (path) => ({
        case: 'grepArgs',
        value: {
          pattern: '',
          path,
          glob: globPattern,
          outputMode: 'files_with_matches',
          toolCallId,
        },
      }));
      const result = answerOf(outcome, 'grepResult')?.value.result;
      if (result?.case !== 'success') {
        const error =
          result?.case === 'error' ? result.value.error : failureMessage(outcome, 'No answer');
        return {
          case: 'globToolCall',
          value: { args, result: { result: { case: 'error', value: { error } } } },
        };
      }
      files = Object.values(result.value.workspaceResults)
        .flatMap((one) => (one.result.case === 'files' ? one.result.value.files : []))
        .filter((file) => !file.split(/[\\/]/).includes('.git'))
        .sort();
      const value = { pattern: globPattern, path: context.folder, files: [...files] };
      return {
        case: 'globToolCall',
        value: {
          args,
          result: { result: { case: 'success', value: { ...value, totalFiles: files.length } } },
        },
      };
    },
  );
  return files;
}

export async function grepStep(context: TurnContext, pattern: string, path: string): Promise<void> {
  const args = { pattern, path: displayPath(context, path), outputMode: 'content' };
  const identity = { tool: 'grep', key: pattern };
  await callTool(
    context,
    identity,
    { case: 'grepToolCall', value: { args } },
    async (toolCallId) => {
      const outcome = await ask(context, path, (target) => ({
        case: 'grepArgs',
        value: { ...args, path: target, toolCallId },
      }));
      const answer = answerOf(outcome, 'grepResult')?.value.result;
      const result =
        answer?.case === undefined
          ? { case: 'error' as const, value: { error: failureMessage(outcome, 'No answer') } }
          : answer;
      return { case: 'grepToolCall', value: { args, result: { result } } };
    },
  );
}

type RequestResult = { readonly answers: readonly ClientAnswer[]; readonly thrown?: string };

/** Sends a request about a path in the working folder. */
async function ask(context: TurnContext, path: string, request: (target: string) => ClientRequest) {
  return catchWorkspaceError<RequestResult>(async () =>
    context.client.request(request(await resolveTarget(context, path))),
  );
}

function answerOf<Case extends ClientAnswer['case']>(
  outcome: RequestResult | { readonly problem: string },
  requestedCase: Case,
): Extract<ClientAnswer, { case: Case }> | undefined {
  if (!('answers' in outcome)) return undefined;
  return outcome.answers.find(
    (answer): answer is Extract<ClientAnswer, { case: Case }> => answer.case === requestedCase,
  );
}
