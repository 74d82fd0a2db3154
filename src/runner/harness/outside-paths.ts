import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fieldsOf } from '../../lib/fields.ts';
import { isWithin } from '../../lib/folders.ts';
import { shellWords } from './shell-words.ts';

/** Arguments of tools that contain paths. */
const PATH_FIELDS = ['path', 'filePath', 'targetDirectory', 'workingDirectory'];
const MAX_WARNINGS_PER_TURN = 20;

/**
 * Finds paths outside the working folder in tool calls, which nothing but a sandbox prevents. Each path is reported
 * once per turn. Paths in a command are recognized; files that a program opens by itself are not.
 */
export class OutsidePaths {
  readonly #cwd: string;
  readonly #allowedFolders: readonly string[];
  readonly #reported = new Set<string>();

  /** `alsoInside`: folders of the harness itself. */
  constructor(cwd: string, alsoInside: readonly string[] = []) {
    this.#cwd = cwd;
    this.#allowedFolders = [cwd, realPath(cwd), ...alsoInside];
  }

  /** Warnings for the user; usually none. */
  warningsFor(name: string, args: unknown): readonly string[] {
    const fields = fieldsOf(args);
    const workingDirectory = this.#resolve(textOf(fields.workingDirectory) ?? '.', this.#cwd);
    const argumentPaths = PATH_FIELDS.flatMap((field) => textOf(fields[field]) ?? []);
    const fromCommand = pathsInCommand(textOf(fields.command) ?? '', workingDirectory);
    const outside = [
      ...argumentPaths.map((path) => this.#resolve(path, this.#cwd)),
      ...fromCommand,
    ].filter((path) => !this.#isInside(path));
    return outside.flatMap((path) => this.#warn(name, path));
  }

  #warn(name: string, path: string): readonly string[] {
    if (this.#reported.has(path) || this.#reported.size > MAX_WARNINGS_PER_TURN) return [];
    this.#reported.add(path);
    return this.#reported.size > MAX_WARNINGS_PER_TURN
      ? ['More tool calls name paths outside the working folder; they are not listed.']
      : [`The tool call "${name}" names a path outside the working folder: ${path}`];
  }

  #resolve(path: string, base: string): string {
    return resolve(base, withHome(path));
  }

  #isInside(path: string): boolean {
    return this.#allowedFolders.some((folder) => isWithin(folder, path));
  }
}

/** Resolved paths in a command, without the programs that it runs and without devices. */
function pathsInCommand(command: string, base: string): readonly string[] {
  return shellWords(command).flatMap(({ text, isCommand }) => {
    if (isCommand) return [];
    // `--file=/etc/hosts`, `if=/dev/sda`
    const path = withHome(text.replace(/^-{0,2}[\w-]+=/, ''));
    if (isAbsolute(path)) return isPlausible(path) ? [path] : [];
    return path.split('/').includes('..') && !path.includes('://') ? [resolve(base, path)] : [];
  });
}

/** Excludes patterns such as `/error/`: a path must exist, or its parent folder must. */
function isPlausible(path: string): boolean {
  if (path.startsWith('/dev/') || path.includes('\0')) return false;
  const folder = dirname(resolve(path));
  return existsSync(path) || (folder !== dirname(folder) && existsSync(folder));
}

const withHome = (path: string): string => {
  const rest = /^(?:~|\$HOME|\$\{HOME\})(?=$|[/\\])(.*)$/s.exec(path)?.[1];
  return rest === undefined ? path : join(homedir(), rest);
};

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // If it does not exist, there is no other path to it.
  }
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
