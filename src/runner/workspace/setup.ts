import { randomUUID } from 'node:crypto';
import { cleanText } from '../../lib/clean-text.ts';
import { ExpectedFailure } from '../../lib/expected-failure.ts';
import type { RawItem } from '../../transcript/item.ts';
import type { WorkspaceCalls } from '../workspace-port.ts';
import { runInShell, type ShellEnd } from './shell.ts';
import type { WorkspaceContext } from './workspace-context.ts';

/** Maximum output of a command that is shown. */
const MAX_SHOWN_CHARACTERS = 1_000_000;
const MAX_ITEM_CHARACTERS = 16_000;
const FLUSH_EVERY_MS = 250;
const MAX_RESULT_CHARACTERS = 20_000;
const MAX_FAILURE_LINES = 20;
const MAX_FAILURE_CHARACTERS = 2_000;

/**
 * Runs the setup commands one after the other, each as a tool call in the transcript.
 * @throws ExpectedFailure `setup_failed` for the first one that fails; the reason of the signal if aborted
 */
export async function runSetup(
  context: WorkspaceContext,
  cwd: string,
  commands: readonly string[],
  calls: WorkspaceCalls,
): Promise<void> {
  // A setup may run several times in one turn, and item ids must be unique.
  const run = randomUUID().slice(0, 8);
  for (const [index, command] of commands.entries()) {
    const callId = `setup-${run}-${index + 1}`;
    const call = { callId, name: 'setup', args: { command, cwd } };
    calls.onItem(item('tool-call', `${callId}-begin`, { ...call, status: 'running' }));
    const output = collectOutput(callId, calls);
    const end = await runInShell({
      command,
      cwd,
      environment: { ...context.environment, ...calls.variables },
      timeoutMs: context.setupTimeoutMs,
      graceMs: context.setupGraceMs,
      signal: calls.signal,
      onStart: (pid) => calls.onCommand?.(pid, cwd),
      onOutput: output.add,
    });
    output.finish();
    const isSuccess = end.kind === 'exited' && end.exitCode === 0;
    const status = isSuccess ? 'completed' : 'error';
    const message = isSuccess ? {} : { message: describeEnd(end, context) };
    const result = { ...end, ...message, output: output.last(MAX_RESULT_CHARACTERS) };
    calls.onItem(item('tool-call', `${callId}-end`, { ...call, status, result }));
    if (end.kind === 'aborted') throw calls.signal.reason;
    if (!isSuccess) throw setupFailed(command, end, context, output.last(MAX_FAILURE_CHARACTERS));
  }
}

const item = (kind: RawItem['kind'], id: string, data: unknown): RawItem => ({
  kind,
  id,
  dataText: JSON.stringify(data),
});

function collectOutput(callId: string, { onItem }: WorkspaceCalls) {
  let pending: { stream: 'stdout' | 'stderr'; text: string } | null = null;
  let shown = 0;
  let number = 0;
  let tail = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (pending === null) return;
    number += 1;
    onItem(item('tool-output', `${callId}-output-${number}`, { callId, ...pending }));
    pending = null;
  };
  return {
    add(stream: 'stdout' | 'stderr', text: string): void {
      tail = (tail + text).slice(-2 * MAX_RESULT_CHARACTERS);
      if (shown >= MAX_SHOWN_CHARACTERS) return;
      shown += text.length;
      const isLast = shown >= MAX_SHOWN_CHARACTERS;
      if (pending !== null && pending.stream !== stream) flush();
      const note = isLast ? '\n[The rest of the output is omitted.]\n' : '';
      pending = { stream, text: (pending?.text ?? '') + text + note };
      // Batches the output of commands that print line by line, without a noticeable delay.
      if (pending.text.length >= MAX_ITEM_CHARACTERS || isLast) flush();
      else timer ??= setTimeout(flush, FLUSH_EVERY_MS);
    },
    finish: flush,
    /** The end of the output, without terminal codes. */
    last: (characters: number): string => cleanText(tail).trimEnd().slice(-characters),
  };
}

function describeEnd(end: ShellEnd, { setupTimeoutMs }: WorkspaceContext): string {
  switch (end.kind) {
    case 'exited':
      return `ended with exit code ${end.exitCode}`;
    case 'killed':
      return `was ended by ${end.by}`;
    case 'timed-out':
      return `was stopped because it took more than ${Math.round(setupTimeoutMs / 1000)} seconds`;
    case 'aborted':
      return 'was cancelled';
    case 'not-started':
      return `did not start: ${end.reason}`;
    default:
      return end satisfies never;
  }
}

const setupFailed = (
  command: string,
  end: ShellEnd,
  context: WorkspaceContext,
  output: string,
): ExpectedFailure => {
  const last = output.split('\n').slice(-MAX_FAILURE_LINES).join('\n').trim();
  return new ExpectedFailure(
    'setup_failed',
    `The setup command \`${cleanText(command)}\` ${describeEnd(end, context)}.${last === '' ? '' : ` Its last lines:\n${last}`}`,
    'Fix the command in the `setup` of the workflow, then retry the agent.',
  );
};
