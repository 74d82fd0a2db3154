import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** What an installation is: its version, and in a clone the commit, since a clone changes without a new version. */
export type Build = { readonly version: string; readonly commit: string | null };

/** The folder of this installation: with `package.json`, `examples` and the built app. */
export const PRODUCT_FOLDER = folderWithPackage(import.meta.dirname);

/** What is on disk now. A program that runs may be older. */
export function installedBuild(folder: string = PRODUCT_FOLDER): Build {
  // Our own file, as npm reads it.
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Build;
  return { version, commit: commitOf(folder) };
}

/** "0.2.0", or "0.2.0 (3f9a1c2)" in a clone. */
export const buildName = ({ version, commit }: Build): string =>
  commit === null ? version : `${version} (${commit.slice(0, 7)})`;

/** Sources and bundle lie at different depths below it. */
function folderWithPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`);
  return folderWithPackage(parent);
}

/** Read as git keeps it, since starting git would cost more than most commands; null if there is no clone. */
function commitOf(folder: string): string | null {
  const git = gitFolder(join(folder, '.git'));
  const head = git === null ? null : textOf(join(git, 'HEAD'));
  if (git === null || head === null) return null;
  const reference = /^ref: (.+)$/.exec(head)?.[1];
  if (reference === undefined) return head;
  const common = textOf(join(git, 'commondir'));
  const shared = common === null ? git : inside(git, common);
  return textOf(join(shared, reference)) ?? packed(shared, reference);
}

/** In a linked worktree `.git` is a file that says where the folder is. */
function gitFolder(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (found.isDirectory()) return path;
  const named = /^gitdir: (.+)$/.exec(textOf(path) ?? '')?.[1];
  return named === undefined ? null : inside(dirname(path), named);
}

function packed(git: string, reference: string): string | null {
  const lines = textOf(join(git, 'packed-refs'))?.split('\n') ?? [];
  return lines.find((line) => line.endsWith(` ${reference}`))?.split(' ')[0] ?? null;
}

const inside = (folder: string, path: string): string =>
  isAbsolute(path) ? path : join(folder, path);

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null; // Not there, or a folder: then git keeps it elsewhere.
  }
}
