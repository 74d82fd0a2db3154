import { constants, lstat, open } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { copyGitIndex } from './copy-git-index.ts';
import { forEachLimited } from './for-each-limited.ts';
import { decodeFileName, fileNameBytes, type Git, gitFailed } from './git-client.ts';
import { clearHidingFlags } from './hiding-flags.ts';
import { isNotFoundError, systemErrorCode } from './system-error.ts';

/** A file of the folder that is not part of the tree. */
export type SkippedFile = {
  /** In git's bytes, see `decodeFileName`. */
  readonly path: string;
  readonly reason: 'too-large' | 'unreadable' | 'nested-repository' | 'excluded';
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
};

export type WorkingTree = {
  /** The id of the tree object with the content of the folder. */
  readonly tree: string;
  /** Files in the tree that differ from the repository's index, in git's bytes. */
  readonly included: readonly string[];
  readonly skipped: readonly SkippedFile[];
  /** Submodules with changes inside, which a commit of the outer repository cannot contain. */
  readonly dirtySubmodules: readonly string[];
};

export type WorkingTreeOptions = {
  /** The top folder of the working tree. */
  readonly folder: string;
  /** Path of a file that does not exist yet. Afterwards it contains the index of the tree. */
  readonly temporaryIndex: string;
  /** Maximum size of new and changed files together. Tracked files are added first, and small ones before large ones. */
  readonly maxTotalBytes?: number;
  readonly isIncluded?: (file: ChangedFile) => boolean;
  /** A folder that is never included, such as Cerevisor's home folder. */
  readonly excludedFolder?: string;
  /** Files, in git's bytes, whose changes are included even if the user hides them from git, see `clearHidingFlags`. */
  readonly neverHidden?: ReadonlySet<string>;
};

/** A file on disk that differs from the index. */
export type ChangedFile = {
  readonly path: string;
  readonly isTracked: boolean;
  readonly isDeleted: boolean;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
};

const MAX_STATUS_CHARACTERS = 512 * 1024 * 1024;
/** Beyond this number, new files are assumed to be data rather than work. */
const MAX_UNTRACKED_FILES = 100_000;
const MAX_UNREADABLE_FILES = 50;

/**
 * Writes the content of a working tree, except ignored files, into the object database and changes nothing else. The
 * repository's index is read once and never locked, so it works while another git process holds the lock.
 */
export async function writeWorkingTree(
  git: Git,
  options: WorkingTreeOptions,
): Promise<WorkingTree> {
  const variables = { GIT_INDEX_FILE: options.temporaryIndex };
  await copyIndex(git, options);
  const { folder, temporaryIndex, neverHidden = new Set() } = options;
  await clearHidingFlags(git, { folder, temporaryIndex, paths: neverHidden });
  const { changed, repositories, dirtySubmodules } = await listChanges(git, options);
  const selection = selectFiles(changed, options);
  const skipped = [...repositories, ...selection.skipped];
  const included = await addAll(git, variables, selection.included, skipped);
  const tree = await git.run(['write-tree'], { variables });
  return { tree, included, skipped, dirtySubmodules };
}

async function copyIndex(git: Git, { folder, temporaryIndex }: WorkingTreeOptions): Promise<void> {
  const index = await git.run(['rev-parse', '--git-path', 'index']);
  try {
    await copyGitIndex(resolve(folder, index), temporaryIndex, constants.COPYFILE_FICLONE);
  } catch (error) {
    // A repository has no index before the first file is added.
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
}

async function listChanges(
  git: Git,
  { folder, temporaryIndex, excludedFolder }: WorkingTreeOptions,
) {
  const path =
    excludedFolder === undefined ? '..' : relative(folder, excludedFolder).replaceAll(sep, '/');
  const isInside = path !== '' && !/^\.\.(?:\/|$)/.test(path) && !isAbsolute(path);
  const status = await git.run(
    [
      ...['status', '--porcelain=v2', '-z', '--no-renames', '--untracked-files=all'],
      ...['--ignore-submodules=none', '--', ':(top)'],
      ...(isInside ? [`:(top,exclude,literal)${path}`] : []),
    ],
    {
      variables: { GIT_INDEX_FILE: temporaryIndex },
      encoding: 'latin1',
      maxOutputCharacters: MAX_STATUS_CHARACTERS,
    },
  );
  const entries = status.split('\0').flatMap(parseEntry);
  const changed: ChangedFile[] = [];
  const repositories: SkippedFile[] = [];
  await forEachLimited(32, entries, async (entry) => {
    if (entry.isSubmodule && !entry.hasMoved) return;
    const stats = await statFile(resolve(folder), entry.path);
    const file = { path: entry.path, ...stats };
    if (entry.path.endsWith('/')) repositories.push({ ...file, reason: 'nested-repository' });
    else changed.push({ ...file, isTracked: entry.isTracked, isDeleted: stats.isDeleted });
  });
  const dirtySubmodules = entries.filter(({ isDirtyInside }) => isDirtyInside);
  return { changed, repositories, dirtySubmodules: dirtySubmodules.map(({ path }) => path) };
}

type Entry = {
  readonly path: string;
  readonly isTracked: boolean;
  readonly isSubmodule: boolean;
  /** A different commit of the submodule is checked out. */
  readonly hasMoved: boolean;
  readonly isDirtyInside: boolean;
};

/** Parses one entry of `git status --porcelain=v2 -z`. Empty if the file does not differ from the index. */
function parseEntry(text: string): Entry[] {
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

async function statFile(folder: string, path: string) {
  try {
    const full = Buffer.concat([Buffer.from(`${folder}/`), fileNameBytes(path)]);
    const { size, mtimeMs } = await lstat(full);
    return { sizeBytes: size, modifiedAtMs: mtimeMs, isDeleted: false };
  } catch (error) {
    if (!isNotFoundError(error)) throw error;
    return { sizeBytes: 0, modifiedAtMs: 0, isDeleted: true };
  }
}

function selectFiles(changed: readonly ChangedFile[], options: WorkingTreeOptions) {
  const { maxTotalBytes = Number.POSITIVE_INFINITY, isIncluded = () => true } = options;
  const sorted = [...changed].sort(
    (one, other) =>
      Number(other.isTracked) - Number(one.isTracked) || one.sizeBytes - other.sizeBytes,
  );
  const included: ChangedFile[] = [];
  const skipped: SkippedFile[] = [];
  let total = 0;
  let untracked = 0;
  for (const file of sorted) {
    if (!isIncluded(file)) {
      skipped.push({ ...file, reason: 'excluded' });
      continue;
    }
    const isOneTooMany = !file.isTracked && untracked >= MAX_UNTRACKED_FILES;
    if (total + file.sizeBytes > maxTotalBytes || isOneTooMany) {
      skipped.push({ ...file, reason: 'too-large' });
      continue;
    }
    total += file.sizeBytes;
    untracked += Number(!file.isTracked);
    included.push(file);
  }
  return { included, skipped };
}

/** Git gives up at the first file that it cannot read. That file is skipped, and the others are added again. */
async function addAll(
  git: Git,
  variables: Readonly<Record<string, string>>,
  files: readonly ChangedFile[],
  skipped: SkippedFile[],
): Promise<string[]> {
  let remaining = files;
  const args = ['update-index', '-z', '--add', '--remove', '--replace', '--stdin'];
  for (let attempt = 0; remaining.length > 0; attempt += 1) {
    const input = remaining.map(({ path }) => `${path}\0`).join('');
    const result = await git.exec(args, { variables, input, encoding: 'latin1' });
    if (result.exitCode === 0) break;
    const unreadable = await firstUnreadable(git, remaining, result.stderr);
    if (unreadable === undefined || attempt >= MAX_UNREADABLE_FILES) throw gitFailed(args, result);
    skipped.push({ ...unreadable, reason: 'unreadable' });
    remaining = remaining.filter((file) => file !== unreadable);
  }
  return remaining.map(({ path }) => path);
}

async function firstUnreadable(git: Git, files: readonly ChangedFile[], stderr: string) {
  const reportedName = /Unable to process path (.+)$/m.exec(stderr)?.[1];
  const reported = files.find(({ path }) => decodeFileName(path) === reportedName);
  if (reported !== undefined) return reported;
  // Git's message does not preserve names that are not UTF-8.
  const folder = git.location.owner === 'cerevisor' ? git.location.workTree : git.location.folder;
  for (const file of files) {
    if (!file.isDeleted && !(await canRead(folder ?? '', file.path))) return file;
  }
  return undefined;
}

async function canRead(folder: string, path: string): Promise<boolean> {
  try {
    const full = Buffer.concat([Buffer.from(`${folder}/`), fileNameBytes(path)]);
    if (!(await lstat(full)).isFile()) return true;
    await using _file = await open(full, 'r');
    return true;
  } catch {
    return false; // For git, it is unreadable for the same reason.
  }
}
