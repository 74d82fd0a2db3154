import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fieldsOf } from '../../lib/fields.ts';
import { isWithin } from '../../lib/folders.ts';
import { shellWords } from './shell-words.ts';

/** Fields of a tool's arguments that name files or folders. */
const PATH_FIELDS = ['path', 'filePath', 'targetDirectory', 'workingDirectory'];
const MAX_TOLD_PER_TURN = 20;

/**
 * Notices tool calls that name a path outside the working folder: without a sandbox nothing keeps them in it. Each path
 * is told once a turn. What a command names is read from its words; what a program opens by itself is not seen.
 */
export class OutsidePaths {
  readonly #cwd: string;
  readonly #insides: readonly string[];
  readonly #told = new Set<string>();

  /** `alsoInside`: folders of the harness itself. */
  constructor(cwd: string, alsoInside: readonly string[] = []) {
    this.#cwd = cwd;
    this.#insides = [cwd, realPath(cwd), ...alsoInside];
  }

  /** Sentences for people; usually none. */
  ofCall(name: string, args: unknown): readonly string[] {
    const fields = fieldsOf(args);
    const workingDirectory = this.#resolve(textOf(fields.workingDirectory) ?? '.', this.#cwd);
    const named = PATH_FIELDS.flatMap((field) => textOf(fields[field]) ?? []);
    const fromCommand = pathsInCommand(textOf(fields.command) ?? '', workingDirectory);
    const outside = [...named.map((path) => this.#resolve(path, this.#cwd)), ...fromCommand].filter(
      (path) => !this.#isInside(path),
    );
    return outside.flatMap((path) => this.#tell(name, path));
  }

  #tell(name: string, path: string): readonly string[] {
    if (this.#told.has(path) || this.#told.size > MAX_TOLD_PER_TURN) return [];
    this.#told.add(path);
    return this.#told.size > MAX_TOLD_PER_TURN
      ? ['More tool calls name paths outside the working folder; they are not listed.']
      : [`The tool call "${name}" names a path outside the working folder: ${path}`];
  }

  #resolve(path: string, base: string): string {
    return resolve(base, withHome(path));
  }

  #isInside(path: string): boolean {
    return this.#insides.some((folder) => isWithin(folder, path));
  }
}

/** Resolved paths in the words of a command, those of programs it runs and of devices left out. */
function pathsInCommand(command: string, base: string): readonly string[] {
  return shellWords(command).flatMap(({ text, isCommand }) => {
    if (isCommand) return [];
    // `--file=/etc/hosts`, `if=/dev/sda`
    const path = withHome(text.replace(/^-{0,2}[\w-]+=/, ''));
    if (isAbsolute(path)) return isPlausible(path) ? [path] : [];
    return path.split('/').includes('..') && !path.includes('://') ? [resolve(base, path)] : [];
  });
}

/** Patterns such as `/error/` look like paths too: what is named exists, or could be made in a folder that does. */
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
    return path; // It does not exist (anymore): nothing in it can be named by another way.
  }
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
