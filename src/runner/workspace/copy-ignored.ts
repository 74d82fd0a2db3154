import { constants, copyFile, lstat, mkdir, readlink, realpath, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { isWithin } from '../../lib/folders.ts';
import { plural } from '../../lib/format.ts';
import type { Git } from '../../lib/git-client.ts';
import { systemErrorCode } from '../../lib/system-error.ts';

export type CopyRequest = {
  /** Git in the user's folder. */
  readonly git: Git;
  readonly from: string;
  readonly to: string;
  readonly patterns: readonly string[];
};

const MAX_FILES = 200_000;
const MAX_BYTES = 2 * 1024 ** 3;
const MAX_NAMES_CHARACTERS = 256 * 1024 * 1024;

/**
 * Copies files that git ignores into a new worktree: those that match a pattern, such as `.env` or
 * `config/*.local.json`. Nothing outside the folder is read, nothing outside the worktree is written, and no file is
 * overwritten. Returns messages for the user.
 */
export async function copyIgnored(request: CopyRequest): Promise<readonly string[]> {
  const notices: string[] = [];
  const names = new Set<string>();
  for (const pattern of request.patterns) {
    if (!staysInside(pattern)) {
      notices.push(`${JSON.stringify(pattern)} is outside the folder; nothing was copied for it.`);
      continue;
    }
    const files = await ignoredFiles(request, pattern);
    if (files.length === 0)
      notices.push(
        `${JSON.stringify(pattern)} does not match any ignored file; nothing was copied for it.`,
      );
    for (const name of files) names.add(name);
  }
  return [...notices, ...(await copyAll(request, [...names]))];
}

const staysInside = (pattern: string): boolean =>
  pattern.trim() !== '' &&
  !isAbsolute(pattern) &&
  !/^[\\/]|^[A-Za-z]:/.test(pattern) &&
  !pattern.split(/[\\/]/).includes('..');

async function ignoredFiles({ git }: CopyRequest, pattern: string): Promise<string[]> {
  const listed = await git.run(
    ['ls-files', '--others', '--ignored', '--exclude-standard', '-z', '--'].concat(
      `:(glob)${pattern.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '')}`,
    ),
    { maxOutputCharacters: MAX_NAMES_CHARACTERS },
  );
  return listed.split('\0').filter((name) => name !== '' && !name.endsWith('/'));
}

async function copyAll({ from, to }: CopyRequest, names: readonly string[]): Promise<string[]> {
  const source = await realpath(from);
  const target = await realpath(to);
  const notices: string[] = [];
  let totalBytes = 0;
  for (const [index, name] of names.entries()) {
    const file = await lstat(resolve(source, name)).catch(nullIfMissing);
    if (file === null) continue;
    totalBytes += file.size;
    if (index >= MAX_FILES || totalBytes > MAX_BYTES) {
      notices.push(
        `${plural(names.length - index, 'ignored file')} were not copied: together they are too large.`,
      );
      break;
    }
    const problem = await copyOne(source, target, name);
    if (problem !== null) notices.push(`${JSON.stringify(name)} was not copied: ${problem}.`);
  }
  return notices;
}

/** Returns why the file was not copied; null on success. */
async function copyOne(source: string, target: string, name: string): Promise<string | null> {
  const from = resolve(source, name);
  const to = resolve(target, name);
  if (!isWithin(source, await realpath(dirname(from)))) return 'it is outside the folder';
  if (!(await makeFoldersInside(target, dirname(to))))
    return 'a link in the worktree leads outside';
  const file = await lstat(from);
  try {
    if (file.isSymbolicLink()) {
      const linkTarget = await readlink(from);
      const isInside =
        !isAbsolute(linkTarget) && isWithin(source, resolve(dirname(from), linkTarget));
      if (!isInside) return 'it is a link that leads outside the folder';
      await symlink(linkTarget, to);
    } else if (file.isFile()) {
      await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    } else return 'it is neither a file nor a link';
    return null;
  } catch (error) {
    const code = systemErrorCode(error);
    // An existing file, from an earlier attempt or from the branch, is kept.
    if (code === 'EEXIST' || code === 'ENOENT') return null;
    if (code === 'EACCES' || code === 'EPERM') return 'it cannot be read';
    throw error;
  }
}

/** Creates the parent folders of a file. Returns false if one of them is a link that leads outside the target. */
async function makeFoldersInside(target: string, folder: string): Promise<boolean> {
  const parts = relative(target, folder)
    .split(sep)
    .filter((part) => part !== '');
  let path = target;
  for (const part of parts) {
    path = resolve(path, part);
    await mkdir(path).catch((error: unknown) => {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    });
    if (!isWithin(target, await realpath(path)) || !(await lstat(path)).isDirectory()) return false;
  }
  return true;
}

const nullIfMissing = (error: unknown): null => {
  if (systemErrorCode(error) === 'ENOENT') return null;
  throw error;
};
