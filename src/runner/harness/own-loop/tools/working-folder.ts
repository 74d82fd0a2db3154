import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isWithin } from '../../../../lib/folders.ts';
import { systemErrorCode } from '../../../../lib/system-error.ts';
import { ToolError } from './tool.ts';

const MAX_LINKS = 40;

/** A path in the working folder: its real path, and its display name. */
export type ResolvedPath = { readonly path: string; readonly name: string };

/** Confines the file tools to the working folder. Paths are checked with links resolved. */
export class WorkingFolder {
  readonly #cwd: string;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  get path(): string {
    return this.#cwd;
  }

  /** Throws `ToolError` for a path outside the folder. */
  async toRead(path: string): Promise<ResolvedPath> {
    if (path.includes('\0')) throw new ToolError('A path cannot contain a zero byte.');
    const root = await realpath(this.#cwd);
    const real = await realPathOf(resolve(this.#cwd, path));
    if (!isWithin(root, real))
      throw new ToolError(`${path} is outside the working folder ${this.#cwd}.`);
    const name = relative(root, real);
    return { path: real, name: name === '' ? '.' : name.split(sep).join('/') };
  }

  /** Also excludes git's own folder, whose hooks the next git command would run. */
  async toWrite(path: string): Promise<ResolvedPath> {
    const resolved = await this.toRead(path);
    if (resolved.name === '.') throw new ToolError(`${path} is the working folder itself.`);
    if (resolved.name.toLowerCase().split('/').includes('.git'))
      throw new ToolError(`${path} belongs to git; use git commands to change it.`);
    return resolved;
  }
}

/** The real path of a path that may not exist yet: links in its existing parents, and dangling links, are resolved. */
async function realPathOf(path: string, links = 0): Promise<string> {
  if (links > MAX_LINKS) throw new ToolError(`${path} is a link that leads to itself.`);
  try {
    return await realpath(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ELOOP') throw new ToolError(`${path} is a link that leads to itself.`);
    if (code === 'ENOTDIR') throw new ToolError(`A part of ${path} is a file, not a folder.`);
    if (code !== 'ENOENT') throw error;
  }
  const parent = dirname(path);
  if (parent === path) return path;
  const realParent = await realPathOf(parent, links);
  const target = await linkTarget(join(realParent, basename(path)));
  if (target === null) return join(realParent, basename(path));
  return realPathOf(resolve(realParent, target), links + 1);
}

/** Null if it is not a link. */
async function linkTarget(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    if (['ENOENT', 'EINVAL', 'UNKNOWN'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}
