import { stat } from 'node:fs/promises';
import { cleanText } from './clean-text.ts';
import { ExpectedFailure } from './expected-failure.ts';
import {
  type Environment,
  type GitOptions,
  type GitOutcome,
  reachFromOurs,
  runGitOnOurs,
  workInPersons,
} from './git.ts';
import { isMissing } from './system-error.ts';

/** Where git works, and whose repository that is. */
export type GitPlace =
  /** In the person's repository, or a worktree of it. */
  | { readonly owner: 'person'; readonly folder: string }
  /** A bare repository of ours; with `workTree` for the content of a folder that has no git. */
  | { readonly owner: 'us'; readonly folder: string; readonly workTree?: string }
  /** A bare repository of ours whose objects are fetched with the person's access when they are needed. */
  | { readonly owner: 'us-with-access'; readonly folder: string };

export type GitContext = {
  readonly environment?: Environment;
  readonly signal?: AbortSignal;
};

export type GitCall = Pick<
  GitOptions,
  'variables' | 'timeoutMs' | 'input' | 'encoding' | 'mostOutputCharacters'
>;

/** Git in one place. All of it throws `ExpectedFailure` where git or the folder is missing. */
export type Git = {
  readonly place: GitPlace;
  /** The output, without the last line feed. @throws ExpectedFailure when git fails */
  run(args: readonly string[], call?: GitCall): Promise<string>;
  /** The same, or null when git fails: for questions that may have no answer. */
  ask(args: readonly string[], call?: GitCall): Promise<string | null>;
  outcome(args: readonly string[], call?: GitCall): Promise<GitOutcome>;
};

/** Filters such as Git LFS may download while git works. */
const PATIENCE_MS = 30 * 60_000;

export function gitIn(place: GitPlace, context: GitContext = {}): Git {
  const outcome = async (args: readonly string[], call: GitCall = {}): Promise<GitOutcome> => {
    const options = { timeoutMs: PATIENCE_MS, ...call, ...context, cwd: place.folder };
    try {
      return await through(place, args, options);
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw (await isFolder(place.folder)) ? gitMissing() : folderMissing(place.folder);
    }
  };
  return {
    place,
    outcome,
    async run(args, call) {
      const answer = await outcome(args, call);
      if (answer.exitCode !== 0) throw gitFailed(args, answer);
      return answer.stdout.replace(/\r?\n$/, '');
    },
    async ask(args, call) {
      const { exitCode, stdout } = await outcome(args, call);
      return exitCode === 0 ? stdout.replace(/\r?\n$/, '') : null;
    },
  };
}

function through(place: GitPlace, args: readonly string[], options: GitOptions) {
  switch (place.owner) {
    case 'person':
      return workInPersons(args, options);
    case 'us-with-access':
      return reachFromOurs(args, options);
    case 'us': {
      const variables: Record<string, string> = { ...options.variables, GIT_DIR: place.folder };
      if (place.workTree !== undefined) variables.GIT_WORK_TREE = place.workTree;
      return runGitOnOurs(args, { ...options, cwd: place.workTree ?? place.folder, variables });
    }
  }
}

const MOST_WORDS = 1_000;

/** What git said, for a message: its last lines, harmless to a terminal. */
export function wordsOf({ stderr, stdout }: GitOutcome): string {
  const words = cleanText(stderr.trim() === '' ? stdout : stderr).trim();
  return words.length <= MOST_WORDS ? words : `…${words.slice(-MOST_WORDS)}`;
}

export const gitFailed = (args: readonly string[], outcome: GitOutcome): ExpectedFailure =>
  new ExpectedFailure(
    'git_failed',
    `\`git ${args[0] ?? ''}\` failed: ${wordsOf(outcome) || `exit code ${outcome.exitCode}`}`,
    'Fix the problem that git reports, then try again.',
  );

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
    return false; // Whatever the reason, nothing can work in it.
  }
}

/** Commits of ours: nobody's name and key is put under what an agent wrote. */
export const authorOfOurs = {
  GIT_AUTHOR_NAME: 'Cerevisor',
  GIT_AUTHOR_EMAIL: 'agents@cerevisor.invalid',
  GIT_COMMITTER_NAME: 'Cerevisor',
  GIT_COMMITTER_EMAIL: 'agents@cerevisor.invalid',
} as const;

/** Fixed dates make the same content the same commit, so that repeating is harmless. */
export const fixedDates = {
  GIT_AUTHOR_DATE: '2000-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2000-01-01T00:00:00Z',
} as const;

/** Makes a commit object, which no branch has yet. */
export function commitTree(
  git: Git,
  tree: string,
  parents: readonly string[],
  message: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const named = parents.flatMap((parent) => ['-p', parent]);
  return git.run(['commit-tree', tree, ...named, '-F', '-'], {
    variables: { ...authorOfOurs, ...variables },
    input: `${message.replaceAll('\0', '')}\n`,
  });
}

/** The commit behind a name; null if there is none. */
export const commitOf = (git: Git, name: string): Promise<string | null> =>
  git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);

export const treeOf = (git: Git, commit: string): Promise<string> =>
  git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{tree}`]);

/** A name of a file as git's bytes (`latin1`), as people read it. */
export const readableName = (bytes: string): string => Buffer.from(bytes, 'latin1').toString();

/** The same name for the file system, which takes any bytes. */
export const nameBytes = (bytes: string): Buffer => Buffer.from(bytes, 'latin1');
