import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, cp, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../lib/durable-file.ts';
import { identityOf, isRunning } from '../../lib/process.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import { type InstalledPackage, packageTree } from './package-tree.ts';

/** A runner program to start, and the name of what it was made from. */
export type Program = { readonly file: string; readonly build: string };

const SDK = '@cursor/sdk';

/**
 * The program as it is to be started: from a copy below the home, so that neither an update nor a removal of Cerevisor
 * changes what a runner and its hosts load while they run. Sources run from where they are: who changes them knows.
 */
export async function programToStart(home: string, program: Program): Promise<Program> {
  if (program.file.endsWith('.ts')) return program;
  const bundle = dirname(program.file);
  const packages = packageTree(SDK, bundle);
  const build = await buildOf(bundle, packages);
  const folder = join(home, 'local-runs', 'programs', build);
  const file = join(folder, 'programs', basename(program.file));
  if (!existsSync(file)) await makeCopy({ folder, bundle, packages });
  return { file, build };
}

/** Notes that a runner was started from its copy, which is then kept for as long as it runs. */
export async function noteUser(program: Program, pid: number): Promise<void> {
  if (program.file.endsWith('.ts')) return;
  const file = join(dirname(dirname(program.file)), `${USER_PREFIX}${pid}.json`);
  await replaceFile(file, JSON.stringify(identityOf(pid)));
}

const USER_PREFIX = 'runner-';

/** Removes copies that no runner uses anymore, but for the one of this build. */
export async function removeOldCopies(home: string, build: string): Promise<void> {
  const folder = join(home, 'local-runs', 'programs');
  for (const name of await namesIn(folder)) {
    if (name === build || (await isUsed(join(folder, name)))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function isUsed(copy: string): Promise<boolean> {
  const users = (await namesIn(copy)).filter((name) => name.startsWith(USER_PREFIX));
  return users.some((name) => {
    const identity = identitySchema.safeParse(JSON.parse(readFileSync(join(copy, name), 'utf8')));
    return identity.success && isRunning(identity.data);
  });
}

const identitySchema = z.object({ pid: z.number(), began: z.string().exactOptional() });

type Copy = {
  readonly folder: string;
  readonly bundle: string;
  /** The SDK with everything that it needs. Where it is missing there is nothing to copy, and a host will say so. */
  readonly packages: readonly InstalledPackage[];
};

/** Whole or not there: it gets its name last. */
async function makeCopy({ folder, bundle, packages }: Copy): Promise<void> {
  const part = `${folder}.${process.pid}.part`;
  await rm(part, { recursive: true, force: true });
  try {
    await copyTree(bundle, join(part, 'programs'));
    for (const { folder: from, place, isInside } of packages)
      if (!isInside) await copyTree(from, join(part, place));
    await rename(part, folder);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    // Another daemon made the same copy at the same time.
    if (!existsSync(folder)) throw error;
  }
}

/** What the bundle says and which SDK it would load. */
async function buildOf(bundle: string, packages: readonly InstalledPackage[]): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(bundle)).sort())
    if (name.endsWith('.mjs')) hash.update(name).update(readFileSync(join(bundle, name)));
  for (const { place, version } of packages) hash.update(`${place} ${version}`);
  return hash.digest('hex').slice(0, 16);
}

/** Hard links where the file system has them: the copy then takes no place, and outlives the original. */
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
    if (!CANNOT_LINK.has(systemErrorCode(error) ?? '')) throw error;
    await copyFile(source, target);
  }
}

/** Another file system, one without links, or a file of someone else's. */
const CANNOT_LINK = new Set(['EXDEV', 'EPERM', 'EACCES', 'ENOTSUP', 'ENOSYS', 'EMLINK']);

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
