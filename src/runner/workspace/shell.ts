import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../lib/git.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import { startAwakeTimeout } from './awake-timeout.ts';

export type ShellCommand = {
  readonly command: string;
  readonly cwd: string;
  readonly environment: Environment;
  /** The caller has already removed variables that the command must not see. */
  readonly isCleaned?: boolean;
  /** Counts only while the machine is awake. */
  readonly timeoutMs: number;
  /** How long it may take to exit after SIGTERM before it is killed. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  /** Called with the new process; the command does not run before this resolves. */
  onStart?(pid: number): void | Promise<void>;
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
};

export type ShellEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'killed'; readonly by: string }
  | { readonly kind: 'timed-out' | 'aborted' }
  | { readonly kind: 'not-started'; readonly reason: string };

const POLL_MS = 50;
/** A background process of the command may keep the output open forever. */
const DRAIN_MS = 1_000;

/**
 * Runs a command in the user's shell, without a terminal and without input. On a timeout or abort it is ended together
 * with its process group; after it exits by itself, its background processes continue.
 */
export function runInShell(request: ShellCommand): Promise<ShellEnd> {
  const { signal, timeoutMs } = request;
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve, reject) => {
    const child = start(request);
    releaseCommand(child, request).catch((error: unknown) => {
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
    const cancelTimeout = startAwakeTimeout(timeoutMs, () => stop('timed-out'));
    signal.addEventListener('abort', abort, { once: true });
    const settle = async (end: ShellEnd): Promise<void> => {
      cancelTimeout();
      signal.removeEventListener('abort', abort);
      await ended;
      resolve(stopped === null ? end : { kind: stopped });
    };
    let hasEnded = false;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        if (!hasEnded) request.onOutput(name, text);
      });
    }
    child.once('error', (error) => settle({ kind: 'not-started', reason: startFailure(error) }));
    child.once('exit', async (exitCode, by) => {
      const closed = new Promise((done) => child.once('close', done));
      await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })]);
      hasEnded = true;
      settle(by === null ? { kind: 'exited', exitCode: exitCode ?? 1 } : { kind: 'killed', by });
    });
  });
}

/** Waits for a line of input, and then executes the user's shell with the command. Exits if there is no line. */
const WAITING_SHELL = 'read -r line && exec "$0" -c "$1" </dev/null';

async function releaseCommand(child: ChildProcess, { onStart }: ShellCommand): Promise<void> {
  const { pid, stdin } = child;
  if (pid === undefined) return; // The `error` event reports why.
  // The process may exit before it reads.
  stdin?.on('error', () => undefined);
  await onStart?.(pid);
  stdin?.end('begin\n');
}

function start({ command, cwd, environment, isCleaned }: ShellCommand): ChildProcess {
  const isWindows = process.platform === 'win32';
  const options = {
    cwd,
    env: isCleaned === true ? { ...environment } : withoutKeys(environment),
    // A process group of its own, so that it can be ended with its descendants.
    detached: !isWindows,
    windowsHide: true,
  };
  if (isWindows)
    return spawn(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'], shell: true });
  const args = ['-c', WAITING_SHELL, shellOf(environment), command];
  return spawn('/bin/sh', args, { ...options, stdio: 'pipe' });
}

/** Login shells of service accounts, which only exit. */
const NO_LOGIN_SHELL = /\/(?:nologin|false)$/;

const shellOf = ({ SHELL = '' }: Environment): string => {
  if (NO_LOGIN_SHELL.test(SHELL)) return '/bin/sh';
  try {
    accessSync(SHELL, constants.X_OK);
    return SHELL;
  } catch {
    return '/bin/sh'; // Exists on every Unix.
  }
};

/** Removes our keys and those of model providers. */
const withoutKeys = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || /^CURSOR_|_API_KEY$/i.test(name) ? [] : [[name, value]],
    ),
  );

const startFailure = (error: Error): string =>
  systemErrorCode(error) === 'ENOENT' ? 'its folder or the shell is missing' : error.message;

/** Resolves when all of its processes have been ended. */
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
  // Other processes of the group may outlive the shell.
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
