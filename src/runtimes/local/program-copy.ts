import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, cp, link, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../lib/durable-file.ts';
import { identityOf, isRunning } from '../../lib/process.ts';
import { publishFolder } from '../../lib/publish-folder.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import { type InstalledPackage, packageTree } from './package-tree.ts';

/** A runner program, and an id of its build. */
export type Program = { readonly file: string; readonly build: string };

const SDK = '@cursor/sdk';

/**
 * Returns a copy of the program below the home, so that updating or removing Cerevisor does not change what a runner and
 * its hosts load while they run. Programs that run from source are not copied.
 */
export async function prepareProgram(home: string, program: Program): Promise<Program> {
  if (program.file.endsWith('.ts')) return program;
  const bundle = dirname(program.file);
  const packages = packageTree(SDK, bundle);
  const build = await buildOf(bundle, packages);
  const folder = join(home, 'local-runs', 'programs', build);
  const file = join(folder, 'programs', basename(program.file));
  if (!existsSync(file)) await makeCopy({ folder, bundle, packages });
  return { file, build };
}

/** Records that a runner uses a copy, which is then kept while it runs. */
export async function recordUser(program: Program, pid: number): Promise<void> {
  if (program.file.endsWith('.ts')) return;
  const file = join(dirname(dirname(program.file)), `${USER_FILE_PREFIX}${pid}.json`);
  await replaceFile(file, JSON.stringify(identityOf(pid)));
}

const USER_FILE_PREFIX = 'runner-';

/** Removes the copies that no running runner uses, except the one of this build. */
export async function removeOldCopies(home: string, build: string): Promise<void> {
  const folder = join(home, 'local-runs', 'programs');
  for (const name of await listNames(folder)) {
    if (name === build || (await isUsed(join(folder, name)))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function isUsed(copy: string): Promise<boolean> {
  const users = (await listNames(copy)).filter((name) => name.startsWith(USER_FILE_PREFIX));
  return users.some((name) => {
    const identity = identitySchema.safeParse(JSON.parse(readFileSync(join(copy, name), 'utf8')));
    return identity.success && isRunning(identity.data);
  });
}

const identitySchema = z.object({ pid: z.number(), began: z.string().exactOptional() });

type Copy = {
  readonly folder: string;
  readonly bundle: string;
  /** The SDK and its dependencies. Empty if it is not installed; hosts report that. */
  readonly packages: readonly InstalledPackage[];
};

async function makeCopy({ folder, bundle, packages }: Copy): Promise<void> {
  const staging = `${folder}.${process.pid}.part`;
  await rm(staging, { recursive: true, force: true });
  try {
    await copyTree(bundle, join(staging, 'programs'));
    for (const { folder: from, copyPath, isInside } of packages)
      if (!isInside) await copyTree(from, join(staging, copyPath));
    await publishFolder(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

/** A hash of the bundle and of the packages that it loads. */
async function buildOf(bundle: string, packages: readonly InstalledPackage[]): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(bundle)).sort())
    if (name.endsWith('.mjs')) hash.update(name).update(readFileSync(join(bundle, name)));
  for (const { copyPath, version } of packages) hash.update(`${copyPath} ${version}`);
  return hash.digest('hex').slice(0, 16);
}

/** Uses hard links where possible: they take no space and outlive the original. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) await linkOrCopy(source, target);
    else await cp(source, target, { recursive: true, dereference: true });
  }
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!LINK_UNSUPPORTED_CODES.has(systemErrorCode(error) ?? '')) throw error;
    await copyFile(source, target);
  }
}

/** Another file system, one without hard links, or a file of another user. */
const LINK_UNSUPPORTED_CODES = new Set(['EXDEV', 'EPERM', 'EACCES', 'ENOTSUP', 'ENOSYS', 'EMLINK']);

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
