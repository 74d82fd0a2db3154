import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { decodeText } from '../../../../lib/decode-text.ts';

/**
 * `always`: rules that always apply. `onDemand`: rules for certain files, which the agent reads when it needs them.
 */
export type ProjectRules = {
  readonly always: readonly { readonly name: string; readonly text: string }[];
  readonly onDemand: readonly { readonly name: string; readonly description: string }[];
};

const FILES = ['AGENTS.md', 'CLAUDE.md', '.claude/CLAUDE.md', '.cursorrules'];
const CURSOR_RULES = '.cursor/rules';
const MAX_FILE_LENGTH = 40_000;
const MAX_LENGTH = 100_000;
const MAX_RULES = 100;

export const NO_RULES: ProjectRules = { always: [], onDemand: [] };

/**
 * The rules of a project, from the files that other agents use too: in the working folder and in the folders above it
 * up to the root of the repository.
 */
export async function projectRules(cwd: string): Promise<ProjectRules> {
  const root = await realpath(cwd);
  const rules = new RuleCollector(root);
  for (const folder of await foldersUpToRepository(root)) {
    for (const file of FILES) rules.add(join(folder, file), await textOf(join(folder, file)));
    for (const path of await cursorRules(join(folder, CURSOR_RULES))) {
      const rule = readRule((await textOf(path)) ?? '');
      if (rule.isAlways) rules.add(path, rule.text);
      else rules.addOnDemand(path, rule.description);
    }
  }
  return rules;
}

class RuleCollector implements ProjectRules {
  readonly always: { name: string; text: string }[] = [];
  readonly onDemand: { name: string; description: string }[] = [];
  readonly #root: string;
  readonly #addedTexts = new Set<string>();
  #length = 0;

  constructor(root: string) {
    this.#root = root;
  }

  add(path: string, fileText: string | null): void {
    const text = fileText?.trim() ?? '';
    // AGENTS.md and CLAUDE.md often have the same content.
    if (text === '' || this.#addedTexts.has(text) || this.#length + text.length > MAX_LENGTH)
      return;
    this.#addedTexts.add(text);
    this.#length += text.length;
    this.always.push({ name: this.#nameOf(path), text });
  }

  addOnDemand(path: string, description: string): void {
    if (description !== '') this.onDemand.push({ name: this.#nameOf(path), description });
  }

  #nameOf(path: string): string {
    return relative(this.#root, path).split(sep).join('/');
  }
}

/** The outermost folder first, so that closer rules take precedence. */
async function foldersUpToRepository(root: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (await pathExists(join(folder, '.git'))) return folders;
    // Without a repository, folders above are not part of the project.
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
 * The front matter of a rule is parsed line by line: `globs: *.ts`, as Cursor writes it, is not valid YAML. A rule
 * without front matter always applies.
 */
function readRule(fileText: string) {
  const [, frontMatter, body] =
    /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n([\s\S]*))?$/.exec(fileText) ?? [];
  if (frontMatter === undefined) return { isAlways: true, text: fileText, description: '' };
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(frontMatter)?.[1]?.trim() ?? '';
  const description = [field('description'), field('globs')]
    .filter((part) => part !== '')
    .join('; ');
  return { isAlways: field('alwaysApply') === 'true', text: body ?? '', description };
}

async function textOf(path: string): Promise<string | null> {
  try {
    return decodeText(await readFile(path))?.slice(0, MAX_FILE_LENGTH) ?? null;
  } catch {
    return null; // A missing or unreadable file has no rules.
  }
}

const pathExists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
