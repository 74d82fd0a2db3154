import { stat } from 'node:fs/promises';
import { cleanText } from './clean-text.ts';
import { ExpectedFailure } from './expected-failure.ts';
import {
  type Environment,
  type GitOptions,
  type GitResult,
  runGitInOwnRepository,
  runGitInUserRepository,
  runGitWithUserAccess,
} from './git.ts';
import { isNotFoundError, saysDiskIsFull } from './system-error.ts';

/** The repository that git runs in, and who owns it. */
export type GitLocation =
  /** The user's repository, or a worktree of it. */
  | { readonly owner: 'user'; readonly folder: string }
  /** A bare repository of Cerevisor; with `workTree`, for the content of a folder without git. */
  | { readonly owner: 'cerevisor'; readonly folder: string; readonly workTree?: string }
  /** A bare repository of Cerevisor whose objects are fetched on demand, with the user's credentials. */
  | { readonly owner: 'cerevisor-with-user-access'; readonly folder: string };

export type GitContext = {
  readonly environment?: Environment;
  readonly signal?: AbortSignal;
};

export type GitCall = Pick<
  GitOptions,
  'variables' | 'timeoutMs' | 'input' | 'encoding' | 'maxOutputCharacters'
>;

/** Git in one repository. Every method throws `ExpectedFailure` if git or the folder is missing. */
export type Git = {
  readonly location: GitLocation;
  /** The output, without the trailing line feed. @throws ExpectedFailure if git fails */
  run(args: readonly string[], call?: GitCall): Promise<string>;
  /** The same, or null if git fails: for lookups that may find nothing. */
  query(args: readonly string[], call?: GitCall): Promise<string | null>;
  /** Exit code and output, whether or not git succeeded. */
  exec(args: readonly string[], call?: GitCall): Promise<GitResult>;
};

/** Long, because filters such as Git LFS may download files while git runs. */
const TIMEOUT_MS = 30 * 60_000;

export function gitIn(location: GitLocation, context: GitContext = {}): Git {
  const exec = async (args: readonly string[], call: GitCall = {}): Promise<GitResult> => {
    const options = { timeoutMs: TIMEOUT_MS, ...call, ...context, cwd: location.folder };
    try {
      return await execAt(location, args, options);
    } catch (error) {
      if (!isNotFoundError(error)) throw error;
      throw (await isFolder(location.folder)) ? gitMissing() : folderMissing(location.folder);
    }
  };
  return {
    location,
    exec,
    async run(args, call) {
      const result = await exec(args, call);
      if (result.exitCode !== 0) throw gitFailed(args, result);
      return result.stdout.replace(/\r?\n$/, '');
    },
    async query(args, call) {
      const { exitCode, stdout } = await exec(args, call);
      return exitCode === 0 ? stdout.replace(/\r?\n$/, '') : null;
    },
  };
}

function execAt(location: GitLocation, args: readonly string[], options: GitOptions) {
  switch (location.owner) {
    case 'user':
      return runGitInUserRepository(args, options);
    case 'cerevisor-with-user-access':
      return runGitWithUserAccess(args, options);
    case 'cerevisor': {
      const variables: Record<string, string> = { ...options.variables, GIT_DIR: location.folder };
      if (location.workTree !== undefined) variables.GIT_WORK_TREE = location.workTree;
      return runGitInOwnRepository(args, {
        ...options,
        cwd: location.workTree ?? location.folder,
        variables,
      });
    }
  }
}

const MAX_MESSAGE_CHARACTERS = 1_000;

/** Git's own message for an error: the end of its output, without terminal control characters. */
export function gitMessage({ stderr, stdout }: GitResult): string {
  const text = cleanText(stderr.trim() === '' ? stdout : stderr).trim();
  return text.length <= MAX_MESSAGE_CHARACTERS ? text : `…${text.slice(-MAX_MESSAGE_CHARACTERS)}`;
}

export function gitFailed(args: readonly string[], outcome: GitResult): ExpectedFailure {
  const command = `\`git ${args[0] ?? ''}\``;
  if (saysDiskIsFull(outcome.stderr))
    return new ExpectedFailure(
      'disk_full',
      `${command} failed, because the disk is full.`,
      'Free some space, then try again.',
    );
  return new ExpectedFailure(
    'git_failed',
    `${command} failed: ${gitMessage(outcome) || `exit code ${outcome.exitCode}`}`,
    isFilterFailure(outcome)
      ? "Install the program that the repository's filter uses, such as Git LFS, make sure that it is on Cerevisor's PATH, then try again."
      : 'Fix the problem that git reports, then try again.',
  );
}

/** A clean or smudge filter of the repository failed, usually because its program is missing. */
const isFilterFailure = ({ stderr }: GitResult): boolean =>
  /(?:clean|smudge) filter '[^']*' failed/.test(stderr) && /not found/.test(stderr);

const gitMissing = (): ExpectedFailure =>
  new ExpectedFailure(
    'git_missing',
    'Git was not found on this machine.',
    "Install git, make sure that it is on Cerevisor's PATH, then try again.",
  );

export const folderMissing = (folder: string): ExpectedFailure =>
  new ExpectedFailure(
    'folder_missing',
    `${folder} does not exist, or is not a folder.`,
    'Restore it, or name another folder.',
  );

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // Missing or inaccessible: git cannot run in it either way.
  }
}

/** The author of commits that Cerevisor makes, so that the user's name is not put on the work of agents. */
export const cerevisorAuthor = {
  GIT_AUTHOR_NAME: 'Cerevisor',
  GIT_AUTHOR_EMAIL: 'agents@cerevisor.invalid',
  GIT_COMMITTER_NAME: 'Cerevisor',
  GIT_COMMITTER_EMAIL: 'agents@cerevisor.invalid',
} as const;

/** With fixed dates, the same content always gives the same commit id, so that a commit can be repeated safely. */
export const fixedDates = {
  GIT_AUTHOR_DATE: '2000-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2000-01-01T00:00:00Z',
} as const;

/** Creates a commit object that no branch points to yet. Returns its id. */
export function commitTree(
  git: Git,
  tree: string,
  parents: readonly string[],
  message: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const named = parents.flatMap((parent) => ['-p', parent]);
  return git.run(['commit-tree', tree, ...named, '-F', '-'], {
    variables: { ...cerevisorAuthor, ...variables },
    input: `${message.replaceAll('\0', '')}\n`,
  });
}

/** The id of the commit that a revision resolves to; null if there is none. */
export const resolveCommit = (git: Git, name: string): Promise<string | null> =>
  git.query(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);

export const resolveTree = (git: Git, commit: string): Promise<string> =>
  git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{tree}`]);

/** A file name in git's bytes (read as `latin1`), decoded as UTF-8 for display. */
export const decodeFileName = (bytes: string): string => Buffer.from(bytes, 'latin1').toString();

/** The same name as bytes for the file system, which need not be UTF-8. */
export const fileNameBytes = (bytes: string): Buffer => Buffer.from(bytes, 'latin1');
