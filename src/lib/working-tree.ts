import { constants, copyFile, lstat, open } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type Git, gitFailed, nameBytes, readableName } from './git-place.ts';
import { forEachLimited } from './limited.ts';
import { isMissing, systemErrorCode } from './system-error.ts';

/** A file of the folder that was not taken along. */
export type LeftOut = {
  /** As git's bytes, see `readableName`. */
  readonly path: string;
  readonly reason: 'too-large' | 'unreadable' | 'repository-inside' | 'not-wanted';
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
};

export type WorkingTree = {
  /** The id of the tree object with the content of the folder. */
  readonly tree: string;
  /** Names of files that differ from the index of the repository, as git's bytes. */
  readonly taken: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** Submodules with changes inside, which no commit of the repository around them can hold. */
  readonly dirtySubmodules: readonly string[];
};

export type WorkingTreeOptions = {
  /** The folder whose content is written: the top of the working tree. */
  readonly folder: string;
  /** A file that does not exist yet; it is left with the index of the tree. */
  readonly temporaryIndex: string;
  /** Of new and changed files together. The small ones are taken first, tracked ones before all others. */
  readonly sizeCapBytes?: number;
  readonly isWanted?: (file: Changed) => boolean;
  /** A folder that is no part of it, such as our own home. */
  readonly excluded?: string;
};

/** A file that differs from the index, as it is on disk. */
export type Changed = {
  readonly path: string;
  readonly isTracked: boolean;
  readonly isGone: boolean;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
};

const MOST_NAMES_CHARACTERS = 512 * 1024 * 1024;
/** More new files than these are data, not work. */
const MOST_UNTRACKED = 100_000;
const MOST_UNREADABLE = 50;

/**
 * Writes the content of a working tree, without what is ignored, into the object database, and changes nothing else:
 * the index of the repository is read once and never locked, so a locked one is no hindrance.
 */
export async function writeWorkingTree(
  git: Git,
  options: WorkingTreeOptions,
): Promise<WorkingTree> {
  const variables = { GIT_INDEX_FILE: options.temporaryIndex };
  await copyIndex(git, options);
  const { changed, repositories, dirtySubmodules } = await listChanges(git, options);
  const chosen = choose(changed, options);
  const leftOut = [...repositories, ...chosen.leftOut];
  const taken = await addAll(git, variables, chosen.taken, leftOut);
  const tree = await git.run(['write-tree'], { variables });
  return { tree, taken, leftOut, dirtySubmodules };
}

async function copyIndex(git: Git, { folder, temporaryIndex }: WorkingTreeOptions): Promise<void> {
  const index = await git.run(['rev-parse', '--git-path', 'index']);
  try {
    await copyFile(resolve(folder, index), temporaryIndex, constants.COPYFILE_FICLONE);
  } catch (error) {
    // A repository without an index is one in which nothing was added yet.
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

async function listChanges(git: Git, { folder, temporaryIndex, excluded }: WorkingTreeOptions) {
  const way = excluded === undefined ? '..' : relative(folder, excluded).replaceAll(sep, '/');
  const isInside = way !== '' && !/^\.\.(?:\/|$)/.test(way) && !isAbsolute(way);
  const status = await git.run(
    [
      ...['status', '--porcelain=v2', '-z', '--no-renames', '--untracked-files=all'],
      ...['--ignore-submodules=none', '--', ':(top)'],
      ...(isInside ? [`:(top,exclude,literal)${way}`] : []),
    ],
    {
      variables: { GIT_INDEX_FILE: temporaryIndex },
      encoding: 'latin1',
      mostOutputCharacters: MOST_NAMES_CHARACTERS,
    },
  );
  const entries = status.split('\0').flatMap(readEntry);
  const changed: Changed[] = [];
  const repositories: LeftOut[] = [];
  await forEachLimited(32, entries, async (entry) => {
    if (entry.isSubmodule && !entry.hasMoved) return;
    const found = await statOf(resolve(folder), entry.path);
    const file = { path: entry.path, ...found };
    if (entry.path.endsWith('/')) repositories.push({ ...file, reason: 'repository-inside' });
    else changed.push({ ...file, isTracked: entry.isTracked, isGone: found.isGone });
  });
  const dirtySubmodules = entries.filter(({ isDirtyInside }) => isDirtyInside);
  return { changed, repositories, dirtySubmodules: dirtySubmodules.map(({ path }) => path) };
}

type Entry = {
  readonly path: string;
  readonly isTracked: boolean;
  readonly isSubmodule: boolean;
  /** Another commit of the submodule is checked out. */
  readonly hasMoved: boolean;
  readonly isDirtyInside: boolean;
};

/** One entry of `git status --porcelain=v2 -z`, if the file differs from the index. */
function readEntry(text: string): Entry[] {
  if (text.startsWith('? ')) {
    const none = { isSubmodule: false, hasMoved: false, isDirtyInside: false };
    return [{ path: text.slice(2), isTracked: false, ...none }];
  }
  const fieldsBeforePath = text.startsWith('1 ') ? 8 : text.startsWith('u ') ? 10 : 0;
  if (fieldsBeforePath === 0) return [];
  const fields = text.split(' ');
  const [kind, states = '', submodule = ''] = fields;
  if (kind === '1' && states[1] === '.') return [];
  return [
    {
      path: fields.slice(fieldsBeforePath).join(' '),
      isTracked: true,
      isSubmodule: submodule.startsWith('S'),
      hasMoved: submodule[1] === 'C' || states[1] === 'A' || states[1] === 'D' || kind === 'u',
      isDirtyInside: submodule[2] === 'M' || submodule[3] === 'U',
    },
  ];
}

async function statOf(folder: string, path: string) {
  try {
    const full = Buffer.concat([Buffer.from(`${folder}/`), nameBytes(path)]);
    const { size, mtimeMs } = await lstat(full);
    return { sizeBytes: size, modifiedAtMs: mtimeMs, isGone: false };
  } catch (error) {
    if (!isMissing(error)) throw error;
    return { sizeBytes: 0, modifiedAtMs: 0, isGone: true };
  }
}

function choose(changed: readonly Changed[], options: WorkingTreeOptions) {
  const { sizeCapBytes = Number.POSITIVE_INFINITY, isWanted = () => true } = options;
  const inOrder = [...changed].sort(
    (one, other) =>
      Number(other.isTracked) - Number(one.isTracked) || one.sizeBytes - other.sizeBytes,
  );
  const taken: Changed[] = [];
  const leftOut: LeftOut[] = [];
  let total = 0;
  let untracked = 0;
  for (const file of inOrder) {
    if (!isWanted(file)) {
      leftOut.push({ ...file, reason: 'not-wanted' });
      continue;
    }
    const isOneTooMany = !file.isTracked && untracked >= MOST_UNTRACKED;
    if (total + file.sizeBytes > sizeCapBytes || isOneTooMany) {
      leftOut.push({ ...file, reason: 'too-large' });
      continue;
    }
    total += file.sizeBytes;
    untracked += Number(!file.isTracked);
    taken.push(file);
  }
  return { taken, leftOut };
}

/** One file that cannot be read makes git give up; it is left out then, and the others are added again. */
async function addAll(
  git: Git,
  variables: Readonly<Record<string, string>>,
  files: readonly Changed[],
  leftOut: LeftOut[],
): Promise<string[]> {
  let wanted = files;
  const args = ['update-index', '-z', '--add', '--remove', '--replace', '--stdin'];
  for (let tries = 0; wanted.length > 0; tries += 1) {
    const input = wanted.map(({ path }) => `${path}\0`).join('');
    const outcome = await git.outcome(args, { variables, input, encoding: 'latin1' });
    if (outcome.exitCode === 0) break;
    const unreadable = await firstUnreadable(git, wanted, outcome.stderr);
    if (unreadable === undefined || tries >= MOST_UNREADABLE) throw gitFailed(args, outcome);
    leftOut.push({ ...unreadable, reason: 'unreadable' });
    wanted = wanted.filter((file) => file !== unreadable);
  }
  return wanted.map(({ path }) => path);
}

async function firstUnreadable(git: Git, files: readonly Changed[], words: string) {
  const named = /Unable to process path (.+)$/m.exec(words)?.[1];
  const found = files.find(({ path }) => readableName(path) === named);
  if (found !== undefined) return found;
  // Names that are no UTF-8 arrive changed in git's words.
  const folder = git.place.owner === 'us' ? git.place.workTree : git.place.folder;
  for (const file of files) {
    if (!file.isGone && !(await canRead(folder ?? '', file.path))) return file;
  }
  return undefined;
}

async function canRead(folder: string, path: string): Promise<boolean> {
  try {
    const full = Buffer.concat([Buffer.from(`${folder}/`), nameBytes(path)]);
    if (!(await lstat(full)).isFile()) return true;
    await using _file = await open(full, 'r');
    return true;
  } catch {
    return false; // Whatever the reason, git could not read it either.
  }
}
