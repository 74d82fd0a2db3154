import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** The version of an installation, and for a clone also the commit, because a clone can change without a new version. */
export type Build = { readonly version: string; readonly commit: string | null };

/** The folder of this installation, which contains `package.json`, `examples` and the built app. */
export const PRODUCT_FOLDER = folderWithPackage(import.meta.dirname);

/** The build on disk now; a running program may be older. */
export function installedBuild(folder: string = PRODUCT_FOLDER): Build {
  // The package's own file, which npm requires to have a version.
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Build;
  return { version, commit: commitOf(folder) };
}

/** "0.2.0", or "0.2.0 (3f9a1c2)" in a clone. */
export const buildName = ({ version, commit }: Build): string =>
  commit === null ? version : `${version} (${commit.slice(0, 7)})`;

/** Sources and bundles are at different depths below it. */
function folderWithPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`);
  return folderWithPackage(parent);
}

/** Read from git's files, because starting git would take longer than most commands; null if it is not a clone. */
function commitOf(folder: string): string | null {
  const git = gitFolder(join(folder, '.git'));
  const head = git === null ? null : textOf(join(git, 'HEAD'));
  if (git === null || head === null) return null;
  const reference = /^ref: (.+)$/.exec(head)?.[1];
  if (reference === undefined) return head;
  const common = textOf(join(git, 'commondir'));
  const shared = common === null ? git : resolveIn(git, common);
  return textOf(join(shared, reference)) ?? packedRef(shared, reference);
}

/** In a linked worktree, `.git` is a file that contains the path of the folder. */
function gitFolder(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (stats.isDirectory()) return path;
  const target = /^gitdir: (.+)$/.exec(textOf(path) ?? '')?.[1];
  return target === undefined ? null : resolveIn(dirname(path), target);
}

function packedRef(git: string, reference: string): string | null {
  const lines = textOf(join(git, 'packed-refs'))?.split('\n') ?? [];
  return lines.find((line) => line.endsWith(` ${reference}`))?.split(' ')[0] ?? null;
}

const resolveIn = (folder: string, path: string): string =>
  isAbsolute(path) ? path : join(folder, path);

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null; // Missing, or a folder: git stores the value elsewhere then.
  }
}
