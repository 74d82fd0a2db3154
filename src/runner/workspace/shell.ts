import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../lib/git.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import { countAwake } from './count-awake.ts';

export type ShellCommand = {
  readonly command: string;
  readonly cwd: string;
  readonly environment: Environment;
  /** The caller has taken out of it what the command may not know. */
  readonly isCleaned?: boolean;
  /** While the machine is awake. */
  readonly timeoutMs: number;
  /** How long it may take to end by itself before it is killed. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  /** Its process is there, and does nothing before this has resolved. */
  onStart?(pid: number): void | Promise<void>;
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
};

export type ShellEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'timed-out' | 'aborted' }
  | { readonly kind: 'not-started'; readonly reason: string };

const POLL_MS = 50;
/** A program that the command left in the background may hold its output open forever. */
const DRAIN_MS = 1_000;

/**
 * Runs a command in the person's shell, without a terminal and without input. It ends together with everything that it
 * started when it is called off or takes too long; what it left in the background after a good end continues.
 */
export function runInShell(request: ShellCommand): Promise<ShellEnd> {
  const { signal, timeoutMs } = request;
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve, reject) => {
    const child = start(request);
    letBegin(child, request).catch((error: unknown) => {
      child.kill('SIGKILL');
      reject(error);
    });
    let stopped: 'timed-out' | 'aborted' | null = null;
    let ended = Promise.resolve();
    const stop = (why: 'timed-out' | 'aborted'): void => {
      if (stopped !== null) return;
      stopped = why;
      ended = endTree(child, request.graceMs);
    };
    const abort = (): void => stop('aborted');
    const stopClock = countAwake(timeoutMs, () => stop('timed-out'));
    signal.addEventListener('abort', abort, { once: true });
    const settle = async (end: ShellEnd): Promise<void> => {
      stopClock();
      signal.removeEventListener('abort', abort);
      await ended;
      resolve(stopped === null ? end : { kind: stopped });
    };
    let isOver = false;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        if (!isOver) request.onOutput(name, text);
      });
    }
    child.once('error', (error) => settle({ kind: 'not-started', reason: reasonOf(error) }));
    child.once('exit', async (exitCode, by) => {
      const closed = new Promise((done) => child.once('close', done));
      await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })]);
      isOver = true;
      settle(by === null ? { kind: 'exited', exitCode: exitCode ?? 1 } : { kind: 'killed', by });
    });
  });
}

/** Waits for a line, and then becomes the person's shell with the command. Without the line, it ends and does nothing. */
const WAITING_SHELL = 'read -r line && exec "$0" -c "$1" </dev/null';

async function letBegin(child: ChildProcess, { onStart }: ShellCommand): Promise<void> {
  const { pid, stdin } = child;
  if (pid === undefined) return; // Its error says why.
  // It was ended before it could read.
  stdin?.on('error', () => undefined);
  await onStart?.(pid);
  stdin?.end('begin\n');
}

function start({ command, cwd, environment, isCleaned }: ShellCommand): ChildProcess {
  const isWindows = process.platform === 'win32';
  const options = {
    cwd,
    env: isCleaned === true ? { ...environment } : withoutKeys(environment),
    // A group of its own, so that it can be ended with everything that it started.
    detached: !isWindows,
    windowsHide: true,
  };
  if (isWindows)
    return spawn(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'], shell: true });
  const args = ['-c', WAITING_SHELL, shellOf(environment), command];
  return spawn('/bin/sh', args, { ...options, stdio: 'pipe' });
}

/** Accounts of services have a shell that only says no. */
const noShell = /\/(?:nologin|false)$/;

const shellOf = ({ SHELL = '' }: Environment): string => {
  if (noShell.test(SHELL)) return '/bin/sh';
  try {
    accessSync(SHELL, constants.X_OK);
    return SHELL;
  } catch {
    return '/bin/sh'; // Every Unix has it, also where no shell is named.
  }
};

/** Commands of a workflow get none of our keys, nor those of the model providers. */
const withoutKeys = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || /^CURSOR_|_API_KEY$/i.test(name) ? [] : [[name, value]],
    ),
  );

const reasonOf = (error: Error): string =>
  systemErrorCode(error) === 'ENOENT' ? 'its folder or the shell is missing' : error.message;

/** Resolves when nothing of it is left. */
async function endTree(child: ChildProcess, graceMs: number): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' }).on('error', () =>
      child.kill(),
    );
    return;
  }
  endGroup(pid, 'SIGTERM');
  // The rest of the group may still be at work when the shell has ended.
  for (let waitedMs = 0; waitedMs < graceMs && isGroupAlive(pid); waitedMs += POLL_MS)
    await sleep(POLL_MS);
  endGroup(pid, 'SIGKILL');
}

function endGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}

function isGroupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) !== 'ESRCH';
  }
}
