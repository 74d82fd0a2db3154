import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';

/** A package as it is installed, and its place below a folder of copies. */
export type InstalledPackage = {
  readonly name: string;
  readonly version: string;
  /** Without links. */
  readonly folder: string;
  /** Relative, such as `node_modules/a/node_modules/b`. */
  readonly place: string;
  /** It is in the folder of another one and comes along with that. */
  readonly isInside: boolean;
};

const manifestSchema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).exactOptional(),
  optionalDependencies: z.record(z.string(), z.string()).exactOptional(),
});

/**
 * A package and everything that it needs, found as Node finds them from `start`, and each with a place where a copy is found
 * in the same way: next to each other, but for a second version of the same package, which goes into what wants it.
 * Empty when the package is not installed; what is missing of its needs (packages for other platforms) is left out.
 */
export function packageTree(name: string, start: string): readonly InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const queue = [{ name, from: start, wantedBy: null as InstalledPackage | null }];
  for (const wanted of queue) {
    const folder = findPackage(wanted.name, wanted.from);
    if (folder === null) continue;
    const placed = placeOf(wanted.name, folder, wanted.wantedBy, [...found.values()]);
    if (found.has(placed.place)) continue;
    const manifest = readManifest(folder);
    const one = { name: wanted.name, version: manifest.version, folder, ...placed };
    found.set(one.place, one);
    const needs = { ...manifest.dependencies, ...manifest.optionalDependencies };
    for (const need of Object.keys(needs)) queue.push({ name: need, from: folder, wantedBy: one });
  }
  return [...found.values()];
}

function placeOf(
  name: string,
  folder: string,
  wantedBy: InstalledPackage | null,
  found: readonly InstalledPackage[],
): Pick<InstalledPackage, 'place' | 'isInside'> {
  const around = found.find((one) => !one.isInside && folder.startsWith(one.folder + sep));
  if (around !== undefined)
    return { place: join(around.place, relative(around.folder, folder)), isInside: true };
  const beside = join('node_modules', name);
  const there = found.find(({ place }) => place === beside);
  if (wantedBy === null || there === undefined || there.folder === folder)
    return { place: beside, isInside: false };
  return { place: join(wantedBy.place, 'node_modules', name), isInside: false };
}

/** Looks in the `node_modules` of this folder and of all around it. */
function findPackage(name: string, from: string): string | null {
  const modules = basename(from) === 'node_modules' ? from : join(from, 'node_modules');
  const folder = join(modules, name);
  if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
  return dirname(from) === from ? null : findPackage(name, dirname(from));
}

const readManifest = (folder: string) =>
  manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
