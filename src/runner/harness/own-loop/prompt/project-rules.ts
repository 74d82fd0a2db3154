import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { decodeText } from '../../../../lib/decode-text.ts';

/** `text`: what always counts. Rules for some files only are named, and read by the agent when it comes to them. */
export type ProjectRules = {
  readonly always: readonly { readonly name: string; readonly text: string }[];
  readonly onDemand: readonly { readonly name: string; readonly about: string }[];
};

const FILES = ['AGENTS.md', 'CLAUDE.md', '.claude/CLAUDE.md', '.cursorrules'];
const CURSOR_RULES = '.cursor/rules';
const MAX_FILE_LENGTH = 40_000;
const MAX_LENGTH = 100_000;
const MAX_RULES = 100;

export const NO_RULES: ProjectRules = { always: [], onDemand: [] };

/**
 * What a project tells every agent, in the files that other agents read as well: in the working folder and in those
 * above it in its repository.
 */
export async function projectRules(cwd: string): Promise<ProjectRules> {
  const root = await realpath(cwd);
  const rules = new Collected(root);
  for (const folder of await foldersUpToRepository(root)) {
    for (const file of FILES) rules.add(join(folder, file), await textOf(join(folder, file)));
    for (const path of await cursorRules(join(folder, CURSOR_RULES))) {
      const rule = readRule((await textOf(path)) ?? '');
      if (rule.isAlways) rules.add(path, rule.text);
      else rules.mention(path, rule.about);
    }
  }
  return rules;
}

class Collected implements ProjectRules {
  readonly always: { name: string; text: string }[] = [];
  readonly onDemand: { name: string; about: string }[] = [];
  readonly #root: string;
  readonly #seen = new Set<string>();
  #length = 0;

  constructor(root: string) {
    this.#root = root;
  }

  add(path: string, whole: string | null): void {
    const text = whole?.trim() ?? '';
    // AGENTS.md and CLAUDE.md are often the same text.
    if (text === '' || this.#seen.has(text) || this.#length + text.length > MAX_LENGTH) return;
    this.#seen.add(text);
    this.#length += text.length;
    this.always.push({ name: this.#nameOf(path), text });
  }

  mention(path: string, about: string): void {
    if (about !== '') this.onDemand.push({ name: this.#nameOf(path), about });
  }

  #nameOf(path: string): string {
    return relative(this.#root, path).split(sep).join('/');
  }
}

/** The highest first, so that what is nearer has the last word. */
async function foldersUpToRepository(root: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (await exists(join(folder, '.git'))) return folders;
    // No repository: what lies above is someone else's.
    if (dirname(folder) === folder) return [root];
  }
}

async function cursorRules(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.mdc?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .slice(0, MAX_RULES);
  } catch {
    return []; // Most projects have none.
  }
}

/**
 * The head of a rule is read line by line: `globs: *.ts`, as Cursor writes it, is no YAML. A rule without a head always
 * counts.
 */
function readRule(whole: string) {
  const [, head, body] = /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n([\s\S]*))?$/.exec(whole) ?? [];
  if (head === undefined) return { isAlways: true, text: whole, about: '' };
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(head)?.[1]?.trim() ?? '';
  const about = [field('description'), field('globs')].filter((part) => part !== '').join('; ');
  return { isAlways: field('alwaysApply') === 'true', text: body ?? '', about };
}

async function textOf(path: string): Promise<string | null> {
  try {
    return decodeText(await readFile(path))?.slice(0, MAX_FILE_LENGTH) ?? null;
  } catch {
    return null; // Missing, or not to be read: then it says nothing.
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
