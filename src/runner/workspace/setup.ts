import { randomUUID } from 'node:crypto';
import { cleanText } from '../../lib/clean-text.ts';
import { ExpectedFailure } from '../../lib/expected-failure.ts';
import type { RawItem } from '../../transcript/item.ts';
import type { WorkspaceCalls } from '../workspace-port.ts';
import type { Room } from './room.ts';
import { runInShell, type ShellEnd } from './shell.ts';

/** More than this of one command's output is not shown. */
const MOST_SHOWN_CHARACTERS = 1_000_000;
const MOST_OF_AN_ITEM = 16_000;
const FLUSH_EVERY_MS = 250;
const MOST_OF_RESULT = 20_000;
const LAST_LINES = 20;
const LAST_CHARACTERS = 2_000;

/**
 * Runs the commands that make a fresh worktree ready, one after the other, each as a tool call in the transcript.
 * @throws ExpectedFailure `setup_failed` with the first one that fails, and the reason of the signal
 */
export async function runSetup(
  room: Room,
  cwd: string,
  commands: readonly string[],
  calls: WorkspaceCalls,
): Promise<void> {
  // A setup may run several times in one turn, and ids of items must not repeat.
  const run = randomUUID().slice(0, 8);
  for (const [index, command] of commands.entries()) {
    const callId = `setup-${run}-${index + 1}`;
    const call = { callId, name: 'setup', args: { command, cwd } };
    calls.onItem(item('tool-call', `${callId}-begin`, { ...call, status: 'running' }));
    const output = collectOutput(callId, calls);
    const end = await runInShell({
      command,
      cwd,
      environment: { ...room.environment, ...calls.variables },
      timeoutMs: room.setupTimeoutMs,
      graceMs: room.setupGraceMs,
      signal: calls.signal,
      onStart: (pid) => calls.onCommand?.(pid, cwd),
      onOutput: output.add,
    });
    output.finish();
    const isGood = end.kind === 'exited' && end.exitCode === 0;
    const status = isGood ? 'completed' : 'error';
    const words = isGood ? {} : { message: wordsOf(end, room) };
    const result = { ...end, ...words, output: output.last(MOST_OF_RESULT) };
    calls.onItem(item('tool-call', `${callId}-end`, { ...call, status, result }));
    if (end.kind === 'aborted') throw calls.signal.reason;
    if (!isGood) throw setupFailed(command, end, room, output.last(LAST_CHARACTERS));
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
      tail = (tail + text).slice(-2 * MOST_OF_RESULT);
      if (shown >= MOST_SHOWN_CHARACTERS) return;
      shown += text.length;
      const isLast = shown >= MOST_SHOWN_CHARACTERS;
      if (pending !== null && pending.stream !== stream) flush();
      const note = isLast ? '\n[The rest of the output is omitted.]\n' : '';
      pending = { stream, text: (pending?.text ?? '') + text + note };
      // A command that prints a line at a time makes few items, and its output is still seen at once.
      if (pending.text.length >= MOST_OF_AN_ITEM || isLast) flush();
      else timer ??= setTimeout(flush, FLUSH_EVERY_MS);
    },
    finish: flush,
    /** The end of the output, without terminal codes. */
    last: (characters: number): string => cleanText(tail).trimEnd().slice(-characters),
  };
}

function wordsOf(end: ShellEnd, { setupTimeoutMs }: Room): string {
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
  }
}

const setupFailed = (
  command: string,
  end: ShellEnd,
  room: Room,
  output: string,
): ExpectedFailure => {
  const last = output.split('\n').slice(-LAST_LINES).join('\n').trim();
  return new ExpectedFailure(
    'setup_failed',
    `The setup command \`${cleanText(command)}\` ${wordsOf(end, room)}.${last === '' ? '' : ` Its last lines:\n${last}`}`,
    'Fix the command in the `setup` of the workflow, then retry the agent.',
  );
};
