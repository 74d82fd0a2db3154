import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';

/** An installed package, and the path of its copy. */
export type InstalledPackage = {
  readonly name: string;
  readonly version: string;
  /** With symbolic links resolved. */
  readonly folder: string;
  /** Relative to the folder of copies, such as `node_modules/a/node_modules/b`. */
  readonly copyPath: string;
  /** It is inside the folder of another package and copied with it. */
  readonly isInside: boolean;
};

const manifestSchema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).exactOptional(),
  optionalDependencies: z.record(z.string(), z.string()).exactOptional(),
});

/**
 * A package and its dependencies, resolved from `start` as Node resolves them. The copy paths preserve this resolution:
 * packages are placed next to each other, and a second version of a package inside its dependent. Empty if the package is
 * not installed. Missing dependencies (packages for other platforms) are left out.
 */
export function packageTree(name: string, start: string): readonly InstalledPackage[] {
  const packages = new Map<string, InstalledPackage>();
  const queue = [{ name, from: start, dependent: null as InstalledPackage | null }];
  for (const next of queue) {
    const folder = findPackage(next.name, next.from);
    if (folder === null) continue;
    const location = copyPathOf(next.name, folder, next.dependent, [...packages.values()]);
    if (packages.has(location.copyPath)) continue;
    const manifest = readManifest(folder);
    const entry = { name: next.name, version: manifest.version, folder, ...location };
    packages.set(entry.copyPath, entry);
    const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies };
    for (const dependency of Object.keys(dependencies))
      queue.push({ name: dependency, from: folder, dependent: entry });
  }
  return [...packages.values()];
}

function copyPathOf(
  name: string,
  folder: string,
  dependent: InstalledPackage | null,
  packages: readonly InstalledPackage[],
): Pick<InstalledPackage, 'copyPath' | 'isInside'> {
  const container = packages.find(
    (entry) => !entry.isInside && folder.startsWith(entry.folder + sep),
  );
  if (container !== undefined)
    return {
      copyPath: join(container.copyPath, relative(container.folder, folder)),
      isInside: true,
    };
  const topLevel = join('node_modules', name);
  const occupant = packages.find(({ copyPath }) => copyPath === topLevel);
  if (dependent === null || occupant === undefined || occupant.folder === folder)
    return { copyPath: topLevel, isInside: false };
  return { copyPath: join(dependent.copyPath, 'node_modules', name), isInside: false };
}

/** Looks in the `node_modules` of this folder and of its parents. */
function findPackage(name: string, from: string): string | null {
  const modules = basename(from) === 'node_modules' ? from : join(from, 'node_modules');
  const folder = join(modules, name);
  if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
  return dirname(from) === from ? null : findPackage(name, dirname(from));
}

const readManifest = (folder: string) =>
  manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
