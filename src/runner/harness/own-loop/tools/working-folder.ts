import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isWithin } from '../../../../lib/folders.ts';
import { systemErrorCode } from '../../../../lib/system-error.ts';
import { ToolProblem } from './own-tool.ts';

const MAX_LINKS = 40;

/** A place in the working folder: where it really is, and what it is called there. */
export type Place = { readonly path: string; readonly name: string };

/**
 * The folder that the tools for files never leave. A path is judged by where it really leads: a link to somewhere else
 * is somewhere else.
 */
export class WorkingFolder {
  readonly #cwd: string;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  get path(): string {
    return this.#cwd;
  }

  /** Throws `ToolProblem` for a place outside. */
  async toRead(path: string): Promise<Place> {
    if (path.includes('\0')) throw new ToolProblem('A path cannot contain a zero byte.');
    const root = await realpath(this.#cwd);
    const real = await realPathOf(resolve(this.#cwd, path));
    if (!isWithin(root, real))
      throw new ToolProblem(`${path} is outside the working folder ${this.#cwd}.`);
    const name = relative(root, real);
    return { path: real, name: name === '' ? '.' : name.split(sep).join('/') };
  }

  /** Also not in git's own folder: what is written there runs with the next git command. */
  async toWrite(path: string): Promise<Place> {
    const place = await this.toRead(path);
    if (place.name === '.') throw new ToolProblem(`${path} is the working folder itself.`);
    if (place.name.toLowerCase().split('/').includes('.git'))
      throw new ToolProblem(`${path} belongs to git; use git commands to change it.`);
    return place;
  }
}

/** Of something that may not exist yet: its nearest folder that does decides, and a link that leads nowhere yet, too. */
async function realPathOf(path: string, links = 0): Promise<string> {
  if (links > MAX_LINKS) throw new ToolProblem(`${path} is a link that leads to itself.`);
  try {
    return await realpath(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ELOOP') throw new ToolProblem(`${path} is a link that leads to itself.`);
    if (code === 'ENOTDIR') throw new ToolProblem(`A part of ${path} is a file, not a folder.`);
    if (code !== 'ENOENT') throw error;
  }
  const parent = dirname(path);
  if (parent === path) return path;
  const realParent = await realPathOf(parent, links);
  const target = await linkTarget(join(realParent, basename(path)));
  if (target === null) return join(realParent, basename(path));
  return realPathOf(resolve(realParent, target), links + 1);
}

/** Null if there is no link. */
async function linkTarget(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    if (['ENOENT', 'EINVAL', 'UNKNOWN'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}
