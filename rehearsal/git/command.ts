import { spawn } from 'node:child_process';
import { parse } from 'node:path';
import {
  gitEnvironment,
  gitOptions,
  isAccessSetting,
  isLocalRepository,
  nonInteractiveVariables,
  nullDevice,
  type Setting,
  withoutGitVariables,
} from './environment.ts';

export type GitResult = {
  /** 124 if git was killed because it took too long or produced too much output. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type GitSettings = {
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** The repository that the command contacts. If it is remote, the user's access settings apply. */
  readonly remote?: string | undefined;
};

const defaultTimeoutMs = 120_000;
const maxOutputCharacters = 32 * 1024 * 1024;

/**
 * Runs git without a shell. Resolves with its exit code, also if that is not zero. Git has its own process group, so
 * that it has no terminal to prompt on and its children are killed with it.
 */
export async function runGit(args: readonly string[], settings: GitSettings): Promise<GitResult> {
  const { cwd, remote, signal } = settings;
  const isRemote = remote !== undefined && !isLocalRepository(remote);
  const env = gitEnvironment(cwd, isRemote ? await accessSettings(signal) : null);
  return run([...gitOptions, ...args], env, settings);
}

/** Reads the access settings of the user and the system, outside of any repository. */
async function accessSettings(signal?: AbortSignal): Promise<readonly Setting[]> {
  const env = {
    ...withoutGitVariables(process.env, false),
    ...nonInteractiveVariables,
    GIT_DIR: nullDevice,
  };
  const cwd = parse(process.execPath).root;
  const { exitCode, stdout, stderr } = await run(['config', '--list', '-z'], env, { cwd, signal });
  if (exitCode !== 0) throw new GitError(`The settings of git cannot be read: ${stderr.trim()}`);
  return stdout.split('\0').flatMap((entry): Setting[] => {
    const end = entry.indexOf('\n');
    // A key without a value means `true`.
    const [key, value] = end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)];
    return isAccessSetting(key) ? [[key, value]] : [];
  });
}

function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { cwd, signal, timeoutMs = defaultTimeoutMs }: GitSettings,
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const isGroup = process.platform !== 'win32';
    const child = spawn('git', args, {
      cwd,
      env,
      detached: isGroup,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let stopReason: string | undefined;
    const stop = (reason: string): void => {
      stopReason ??= reason;
      killProcessGroup(child.pid, isGroup);
    };
    const abort = (): void => stop('git was cancelled');
    const timer = setTimeout(stop, timeoutMs, 'git took too long');
    signal?.addEventListener('abort', abort, { once: true });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
        if (output[name].length > maxOutputCharacters) stop('git produced too much output');
      });
    }
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted === true) reject(signal.reason);
      else finish();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('close', (code) =>
      settle(() =>
        resolve(
          stopReason === undefined
            ? { ...output, exitCode: code ?? 124 }
            : { ...output, exitCode: 124, stderr: stopReason },
        ),
      ),
    );
  });
}

function killProcessGroup(pid: number | undefined, isGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isGroup ? -pid : pid, 'SIGKILL');
  } catch {
    // It has already exited.
  }
}

/** Thrown if a git command fails; the message is git's own. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

/** Like `runGit`, but throws a `GitError` on a non-zero exit code. Returns stdout without the last line break. */
export async function git(args: readonly string[], settings: GitSettings): Promise<string> {
  const { exitCode, stdout, stderr } = await runGit(args, settings);
  if (exitCode === 0) return stdout.replace(/\n$/, '');
  const reason = stderr.trim() === '' ? `exit code ${exitCode}` : stderr.trim();
  throw new GitError(`git ${args[0] ?? ''} failed: ${reason}`);
}
