import { spawn } from 'node:child_process';
import { dirname, isAbsolute, parse } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export type GitResult = {
  /** 124 if git was killed because it took too long or produced too much output. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Git produced more output than allowed: `stdout` is only its beginning. */
  readonly isTruncated?: boolean;
};

export type GitOptions = {
  /** Absolute path of the folder that git runs in. */
  readonly cwd: string;
  readonly environment?: Environment;
  /** Environment variables that override all others, such as the date of a commit. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Standard input of git. */
  readonly input?: string;
  /** Of input and output. `latin1` maps bytes to characters one to one, which preserves file names that are not UTF-8. */
  readonly encoding?: 'utf8' | 'latin1';
  readonly maxOutputCharacters?: number;
};

const TIMEOUT_MS = 60_000;
const MOST_OUTPUT_CHARACTERS = 8 * 1024 * 1024;
/** Git treats this path as an empty file on every system. */
const EMPTY_FILE = '/dev/null';

/**
 * Runs git in a repository that Cerevisor created for itself. The user's environment has no effect: no `GIT_*`
 * variable, template, hook, user or system setting, and no repository above the folder. Resolves with any exit code.
 * @throws if git is not installed, and with the reason of `signal`.
 */
export function runGitInOwnRepository(
  args: readonly string[],
  options: GitOptions,
): Promise<GitResult> {
  return run(args, options, {
    ...withoutGitVariables(options.environment ?? process.env, () => false),
    ...withoutUserSettings,
    GIT_TEMPLATE_DIR: '',
    GIT_CEILING_DIRECTORIES: dirname(options.cwd),
    ...nonInteractive,
    ...options.variables,
  });
}

/** No user or system settings. The other end of a local push or fetch inherits these variables too. */
const withoutUserSettings = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: EMPTY_FILE,
  GIT_CONFIG_GLOBAL: EMPTY_FILE,
  GIT_ATTR_NOSYSTEM: '1',
  // Before git 2.32, only this hides the user's settings; since then, it hides their ignore file.
  HOME: EMPTY_FILE,
  XDG_CONFIG_HOME: EMPTY_FILE,
};

/** Variables that affect how a remote repository is accessed, and never which repository git works on. */
const isAccessVariable = (name: string): boolean =>
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|PROXY_SSL_\w+)$/.test(name);

/**
 * Queries a remote repository with the user's own access: their credential helpers, SSH and proxy settings apply.
 * Git does not use any local repository, and never prompts. Repositories on this machine need no access settings, so
 * none apply to them.
 * @throws if git is not installed, and with the reason of `signal`.
 */
export function queryRemote(
  args: readonly string[],
  options: Omit<GitOptions, 'cwd'>,
): Promise<GitResult> {
  const environment = {
    ...withoutGitVariables(options.environment ?? process.env, isAccessVariable),
    ...(isOnThisMachine(args[args.indexOf('--') + 1]) ? withoutUserSettings : {}),
    GIT_DIR: EMPTY_FILE,
    // Addresses come from workflow files and from Cursor; transports such as `ext::` would execute commands from them.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    ...nonInteractive,
    ...options.variables,
  };
  return run(args, { ...options, cwd: parse(process.execPath).root }, environment);
}

const isOnThisMachine = (address = ''): boolean => isAbsolute(address) || /^file:/i.test(address);

/**
 * Reads from the user's repository that contains `cwd`. The user's settings apply, such as those that rewrite
 * addresses. Only for commands that read: commands that run hooks or filters would execute the user's programs.
 * @throws if git is not installed.
 */
export function queryUserRepository(
  args: readonly string[],
  options: GitOptions,
): Promise<GitResult> {
  return run(args, options, {
    ...withoutGitVariables(options.environment ?? process.env, () => false),
    GIT_OPTIONAL_LOCKS: '0',
    ...nonInteractive,
    ...options.variables,
  });
}

/**
 * Runs git in the user's repository or in a worktree of it: writes objects and refs, checks out, merges. The user's
 * settings apply, because filters (Git LFS) and line endings depend on them; hooks, signing and the settings in
 * `overrides` do not. Remote repositories are accessed with the user's credentials, without prompts.
 * @throws if git is not installed or `cwd` is missing, and with the reason of `signal`.
 */
export function runGitInUserRepository(
  args: readonly string[],
  options: GitOptions,
): Promise<GitResult> {
  return run([...overrides, ...args], options, {
    ...withoutGitVariables(options.environment ?? process.env, isAccessVariable),
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    ...nonInteractive,
    ...options.variables,
  });
}

/**
 * Fetches into, and reads from, a bare repository of Cerevisor whose objects come from a remote: with the user's
 * credentials, and without their hooks. `cwd` is the repository.
 * @throws if git is not installed or `cwd` is missing, and with the reason of `signal`.
 */
export function runGitWithUserAccess(
  args: readonly string[],
  options: GitOptions,
): Promise<GitResult> {
  const variables = { ...options.variables, GIT_DIR: options.cwd, GIT_TEMPLATE_DIR: '' };
  return runGitInUserRepository(args, { ...options, variables });
}

/** Overrides settings that would run the user's programs, change what is written, or write anything unrequested. */
const overrides = [
  `core.hooksPath=${EMPTY_FILE}`,
  'core.fsmonitor=false',
  'core.splitIndex=false',
  'core.safecrlf=false',
  'core.longPaths=true',
  'core.filesRefLockTimeout=10000',
  'core.packedRefsTimeout=10000',
  'commit.gpgSign=false',
  'tag.gpgSign=false',
  'push.gpgSign=false',
  'push.followTags=false',
  'push.recurseSubmodules=no',
  'fetch.recurseSubmodules=false',
  'fetch.writeCommitGraph=false',
  'fetch.prune=false',
  'submodule.recurse=false',
  'branch.autoSetupMerge=false',
  'merge.conflictStyle=merge',
  'merge.autoStash=false',
  'rerere.enabled=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'i18n.commitEncoding=utf-8',
  'i18n.logOutputEncoding=utf-8',
  'log.showSignature=false',
  'color.ui=false',
  'core.quotePath=false',
].flatMap((setting) => ['-c', setting]);

const nonInteractive = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  SSH_ASKPASS_REQUIRE: 'never',
  GCM_INTERACTIVE: 'never',
  LC_ALL: 'C',
};

/**
 * The environment without `GIT_*` variables, and without API keys, because git may run programs named in settings.
 * Names are compared without case, as Windows does.
 */
function withoutGitVariables(
  environment: Environment,
  isAllowed: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => {
      const upper = name.toUpperCase();
      const isDropped =
        (upper.startsWith('GIT_') && !isAllowed(upper)) ||
        /^(CURSOR|CEREVISOR)_|_API_KEY$/.test(upper);
      return value === undefined || isDropped ? [] : [[name, value]];
    }),
  );
}

function run(
  args: readonly string[],
  { cwd, signal, timeoutMs = TIMEOUT_MS, ...options }: GitOptions,
  env: Record<string, string>,
): Promise<GitResult> {
  const { input, encoding = 'utf8', maxOutputCharacters = MOST_OUTPUT_CHARACTERS } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    // In its own process group, git has no terminal to prompt on, and can be killed together with its children.
    const isGroup = process.platform !== 'win32';
    const child = spawn('git', args, {
      cwd,
      env,
      detached: isGroup,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    // Git may exit before it has read all of its input; its exit code and stderr report why.
    child.stdin.on('error', () => {}).end(input ?? '', encoding);
    let isTruncated = false;
    let stopReason: string | null = null;
    const stop = (reason: string): void => {
      stopReason ??= reason;
      endGroup(child.pid, isGroup);
    };
    const abort = (): void => stop('git was cancelled');
    const timer = setTimeout(stop, timeoutMs, 'git took too long');
    signal?.addEventListener('abort', abort, { once: true });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding(name === 'stdout' ? encoding : 'utf8').on('data', (text: string) => {
        if (isTruncated) return;
        output[name] += text;
        isTruncated = output[name].length > maxOutputCharacters;
        if (isTruncated) stop('git produced too much output');
      });
    }
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('close', (code) => {
      finish();
      if (signal?.aborted) reject(signal.reason);
      else if (stopReason !== null) {
        resolve({
          ...output,
          exitCode: 124,
          stderr: stopReason,
          ...(isTruncated && { isTruncated }),
        });
      } else resolve({ ...output, exitCode: code ?? 124 });
    });
  });
}

function endGroup(pid: number | undefined, isGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isGroup ? -pid : pid, 'SIGKILL');
  } catch {
    // It has already exited.
  }
}
