import { execFile } from 'node:child_process';

export type GitOutcome = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type GitSettings = {
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
};

/** Set for every call: no hooks, no signing, no questions, no transport helpers that run programs. */
const configuration = [
  ['core.hooksPath', '/dev/null'],
  ['commit.gpgSign', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['advice.detachedHead', 'false'],
  ['user.name', 'Rehearsal Agent'],
  ['user.email', 'agent@rehearsal.invalid'],
  ['protocol.ext.allow', 'never'],
  ['core.fsmonitor', 'false'],
] as const;

/** Runs git without a shell; resolves with its exit code, also when that is not zero. */
export function runGit(args: readonly string[], settings: GitSettings): Promise<GitOutcome> {
  const options = configuration.flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      [...options, ...args],
      {
        cwd: settings.cwd,
        env: gitEnvironment(),
        timeout: settings.timeoutMs ?? 120_000,
        maxBuffer: 32 * 1024 * 1024,
        ...(settings.signal === undefined ? {} : { signal: settings.signal }),
      },
      (error, stdout, stderr) => {
        if (settings.signal?.aborted === true) reject(settings.signal.reason);
        else if (error === null) resolve({ exitCode: 0, stdout, stderr });
        else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
        else if (error.killed === true)
          resolve({ exitCode: 124, stdout, stderr: 'git took too long' });
        else reject(error);
      },
    );
  });
}

/** Thrown when git refuses something that the agent needs; the message is git's own. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

/** Like `runGit`, but a non-zero exit throws a `GitError`. Returns stdout without the last line break. */
export async function git(args: readonly string[], settings: GitSettings): Promise<string> {
  const { exitCode, stdout, stderr } = await runGit(args, settings);
  if (exitCode === 0) return stdout.replace(/\n$/, '');
  const why = stderr.trim() === '' ? `exit code ${exitCode}` : stderr.trim();
  throw new GitError(`git ${args[0] ?? ''} failed: ${why}`);
}

function gitEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    // GIT_DIR and its kin would point git at another repository; keys are no business of git's children.
    ([name]) =>
      !name.startsWith('GIT_') && !name.startsWith('CURSOR_') && !name.startsWith('CEREVISOR_'),
  );
  return {
    ...Object.fromEntries(inherited),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    LC_ALL: 'C',
  };
}
