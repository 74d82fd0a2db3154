import { spawn } from 'node:child_process';
import { dirname, isAbsolute, parse } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

export type GitOutcome = {
  /** 124 when git was ended because it took too long or wrote too much. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Git wrote more than was wanted: `stdout` is its beginning. */
  readonly isCut?: boolean;
};

export type GitOptions = {
  /** The folder that git works in. An absolute path. */
  readonly cwd: string;
  readonly environment?: Environment;
  /** Set on top of all others, such as the date of a commit. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** What git reads from its standard input. */
  readonly input?: string;
  /** Of what git reads and writes. `latin1` keeps names of files that are no UTF-8: a character is a byte. */
  readonly encoding?: 'utf8' | 'latin1';
  readonly mostOutputCharacters?: number;
};

const TIMEOUT_MS = 60_000;
const MOST_OUTPUT_CHARACTERS = 8 * 1024 * 1024;
/** Git reads it as an empty file on every system. */
const NOTHING = '/dev/null';

/**
 * Runs git in a repository that Cerevisor made for itself. Nothing of the person's has a say in it: no `GIT_*`
 * variable, template, hook, or setting of theirs or of the system, and no repository above the folder. Resolves with
 * the exit code, also when it is not zero.
 * @throws when git is not installed, and the reason of `signal`.
 */
export function runGitOnOurs(args: readonly string[], options: GitOptions): Promise<GitOutcome> {
  return run(args, options, {
    ...withoutVariablesOfGit(options.environment ?? process.env, () => false),
    ...nothingOfTheirs,
    GIT_TEMPLATE_DIR: '',
    GIT_CEILING_DIRECTORIES: dirname(options.cwd),
    ...askNothing,
    ...options.variables,
  });
}

/** No settings of the person's or of the system. The other end of a local push or fetch inherits it as well. */
const nothingOfTheirs = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: NOTHING,
  GIT_CONFIG_GLOBAL: NOTHING,
  GIT_ATTR_NOSYSTEM: '1',
  // Before git 2.32 this alone keeps it from the person's settings; later it keeps it from their ignore file.
  HOME: NOTHING,
  XDG_CONFIG_HOME: NOTHING,
};

/** What decides how a remote repository is reached, and never which repository git works on. */
const isForAccess = (name: string): boolean =>
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|PROXY_SSL_\w+)$/.test(name);

/**
 * Asks a remote repository with the person's own access: their credential helpers, SSH and proxy settings count.
 * Git works on no repository meanwhile, wherever it was started, and asks no questions. On this machine access needs
 * no settings, and none count.
 * @throws when git is not installed, and the reason of `signal`.
 */
export function askRemote(
  args: readonly string[],
  options: Omit<GitOptions, 'cwd'>,
): Promise<GitOutcome> {
  const environment = {
    ...withoutVariablesOfGit(options.environment ?? process.env, isForAccess),
    ...(isOnThisMachine(args[args.indexOf('--') + 1]) ? nothingOfTheirs : {}),
    GIT_DIR: NOTHING,
    // Addresses come from workflow files and from Cursor; helpers such as `ext::` would run what they say.
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    ...askNothing,
    ...options.variables,
  };
  return run(args, { ...options, cwd: parse(process.execPath).root }, environment);
}

const isOnThisMachine = (address = ''): boolean => isAbsolute(address) || /^file:/i.test(address);

/**
 * Looks something up in the person's own repository, the one that `cwd` is in. Their settings count, as those that
 * rewrite addresses do. Only for what reads: whatever runs hooks or filters would run programs of theirs.
 * @throws when git is not installed.
 */
export function lookUpInPersons(args: readonly string[], options: GitOptions): Promise<GitOutcome> {
  return run(args, options, {
    ...withoutVariablesOfGit(options.environment ?? process.env, () => false),
    GIT_OPTIONAL_LOCKS: '0',
    ...askNothing,
    ...options.variables,
  });
}

/**
 * Works in the person's own repository, or in a worktree of it: writes objects and refs of ours, checks out, merges.
 * Their settings count, without which filters (Git LFS) and line ends would go wrong; their hooks, signatures and
 * habits do not. Remote repositories are reached with their own access, and nothing is asked.
 * @throws when git is not installed or `cwd` is missing, and the reason of `signal`.
 */
export function workInPersons(args: readonly string[], options: GitOptions): Promise<GitOutcome> {
  return run([...plainBehavior, ...args], options, {
    ...withoutVariablesOfGit(options.environment ?? process.env, isForAccess),
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    ...askNothing,
    ...options.variables,
  });
}

/**
 * Fetches into, and reads from, a bare repository of ours whose objects come from elsewhere: with the person's own
 * access, and without their hooks. `cwd` is the repository.
 * @throws when git is not installed or `cwd` is missing, and the reason of `signal`.
 */
export function reachFromOurs(args: readonly string[], options: GitOptions): Promise<GitOutcome> {
  const variables = { ...options.variables, GIT_DIR: options.cwd, GIT_TEMPLATE_DIR: '' };
  return workInPersons(args, { ...options, variables });
}

/** Settings of the person that would run programs of theirs, change what is written, or write where nobody asked. */
const plainBehavior = [
  `core.hooksPath=${NOTHING}`,
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

const askNothing = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  SSH_ASKPASS: '',
  SSH_ASKPASS_REQUIRE: 'never',
  GCM_INTERACTIVE: 'never',
  LC_ALL: 'C',
};

/** Also without keys: git starts programs that settings name. Windows ignores the case of names, so we do. */
function withoutVariablesOfGit(
  environment: Environment,
  isKept: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => {
      const upper = name.toUpperCase();
      const isDropped =
        (upper.startsWith('GIT_') && !isKept(upper)) ||
        /^(CURSOR|CEREVISOR)_|_API_KEY$/.test(upper);
      return value === undefined || isDropped ? [] : [[name, value]];
    }),
  );
}

function run(
  args: readonly string[],
  { cwd, signal, timeoutMs = TIMEOUT_MS, ...options }: GitOptions,
  env: Record<string, string>,
): Promise<GitOutcome> {
  const { input, encoding = 'utf8', mostOutputCharacters = MOST_OUTPUT_CHARACTERS } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    // A group of its own: it has no terminal to ask questions on, and ends together with what it started.
    const isGroup = process.platform !== 'win32';
    const child = spawn('git', args, {
      cwd,
      env,
      detached: isGroup,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    // Git may end before it has read everything; why, it says itself.
    child.stdin.on('error', () => {}).end(input ?? '', encoding);
    let isCut = false;
    let wasStopped: string | null = null;
    const stop = (why: string): void => {
      wasStopped ??= why;
      endGroup(child.pid, isGroup);
    };
    const abort = (): void => stop('git was cancelled');
    const timer = setTimeout(stop, timeoutMs, 'git took too long');
    signal?.addEventListener('abort', abort, { once: true });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding(name === 'stdout' ? encoding : 'utf8').on('data', (text: string) => {
        if (isCut) return;
        output[name] += text;
        isCut = output[name].length > mostOutputCharacters;
        if (isCut) stop('git produced too much output');
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
      else if (wasStopped !== null) {
        resolve({ ...output, exitCode: 124, stderr: wasStopped, ...(isCut && { isCut }) });
      } else resolve({ ...output, exitCode: code ?? 124 });
    });
  });
}

function endGroup(pid: number | undefined, isGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isGroup ? -pid : pid, 'SIGKILL');
  } catch {
    // It has ended in this moment.
  }
}
