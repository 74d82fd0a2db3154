import type { ClientAnswer } from '../stream/client.ts';
import type { TurnContext } from '../turn/turn-context.ts';
import type { Tool } from '../turn/turn-stream-writer.ts';
import { callTool } from './call-tool.ts';

const timeoutMs = 600_000;

type Result = NonNullable<Extract<Tool, { case: 'shellToolCall' }>['value']['result']>['result'];

/** Runs a command in the working folder and streams its output to the client. */
export async function shellStep(context: TurnContext, command: string): Promise<void> {
  const args = { command, workingDirectory: context.folder, timeout: timeoutMs };
  const startedCall: Tool = { case: 'shellToolCall', value: { args } };
  await callTool(context, { tool: 'shell', key: command }, startedCall, async (toolCallId) => {
    const startedAtMs = performance.now();
    const { answers, thrown } = await context.client.request(
      { case: 'shellStreamArgs', value: { ...args, toolCallId } },
      (answer) => forwardOutput(context, answer),
    );
    const executionTime = Math.round(performance.now() - startedAtMs);
    const result = resultOf({ ...args, executionTime }, answers, thrown);
    return { case: 'shellToolCall', value: { args, result: { result } } };
  });
}

async function forwardOutput({ writer }: TurnContext, answer: ClientAnswer): Promise<void> {
  if (answer.case !== 'shellStream') return;
  const { event } = answer.value;
  if (event.case !== 'stdout' && event.case !== 'stderr') return;
  await writer.sendUpdate({ case: 'shellOutputDelta', value: { event } });
}

function resultOf(
  facts: { command: string; workingDirectory: string; timeout: number; executionTime: number },
  answers: readonly ClientAnswer[],
  thrown: string | undefined,
): NonNullable<Result> {
  const { command, workingDirectory, timeout, executionTime } = facts;
  let stdout = '';
  let stderr = '';
  for (const answer of answers) {
    if (answer.case !== 'shellStream') continue;
    const { event } = answer.value;
    if (event.case === 'stdout') stdout += event.value.data;
    if (event.case === 'stderr') stderr += event.value.data;
    if (event.case === 'rejected') return { case: 'rejected', value: event.value };
    if (event.case === 'permissionDenied') {
      const reason = event.value.error;
      return { case: 'rejected', value: { command, workingDirectory, reason } };
    }
    if (event.case !== 'exit') continue;
    if (event.value.aborted && event.value.abortReason === timedOut) {
      return { case: 'timeout', value: { command, workingDirectory, timeoutMs: timeout } };
    }
    const exitCode = event.value.code;
    const signal = event.value.aborted ? 'SIGTERM' : '';
    const outcome = {
      command,
      workingDirectory,
      exitCode,
      signal,
      stdout,
      stderr,
      executionTime,
    };
    return { case: exitCode === 0 && !event.value.aborted ? 'success' : 'failure', value: outcome };
  }
  // Observed: if the working folder is missing, the command starts and never exits.
  const error = thrown ?? 'The command did not run; perhaps the working folder is missing.';
  return { case: 'spawnError', value: { command, workingDirectory, error } };
}

const timedOut = 2;
