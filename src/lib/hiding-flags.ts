import { lstat } from 'node:fs/promises';
import { fileNameBytes, type Git } from './git-client.ts';
import { isNotFoundError } from './system-error.ts';

export type HiddenFiles = {
  /** The top folder of the working tree. */
  readonly folder: string;
  readonly temporaryIndex: string;
  /** The files to consider, in git's bytes. */
  readonly paths: ReadonlySet<string>;
};

/**
 * Users hide their changes of a tracked file, such as one with local settings, with `git update-index --assume-unchanged`
 * or `--skip-worktree`. Git then takes the file to be as in the index. Clears both flags in a copy of the index. A file
 * that is not on disk, because it is outside a sparse checkout, stays hidden: otherwise it would be taken for deleted.
 */
export async function clearHidingFlags(git: Git, hidden: HiddenFiles): Promise<void> {
  const { folder, temporaryIndex, paths } = hidden;
  if (paths.size === 0) return;
  const call = {
    variables: { GIT_INDEX_FILE: temporaryIndex },
    encoding: 'latin1',
    maxOutputCharacters: 512 * 1024 * 1024,
  } as const;
  const listed = (await git.run(['ls-files', '-z', '-v'], call)).split('\0');
  const assumedUnchanged: string[] = [];
  const skipped: string[] = [];
  for (const entry of listed) {
    const [flag = '', path] = [entry.slice(0, 1), entry.slice(2)];
    if (!paths.has(path)) continue;
    if (flag.toLowerCase() === flag) assumedUnchanged.push(path);
    if (flag.toUpperCase() === 'S' && (await isOnDisk(folder, path))) skipped.push(path);
  }
  const clear = async (option: string, files: readonly string[]) => {
    if (files.length === 0) return;
    const input = files.map((path) => `${path}\0`).join('');
    await git.run(['update-index', option, '-z', '--stdin'], { ...call, input });
  };
  await clear('--no-assume-unchanged', assumedUnchanged);
  await clear('--no-skip-worktree', skipped);
}

async function isOnDisk(folder: string, path: string): Promise<boolean> {
  try {
    await lstat(Buffer.concat([Buffer.from(`${folder}/`), fileNameBytes(path)]));
    return true;
  } catch (error) {
    if (isNotFoundError(error)) return false;
    throw error;
  }
}
