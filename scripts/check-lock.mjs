// `npm run check:lock`: every optional dependency of a package in package-lock.json has an entry there. npm sometimes
// omits optional dependencies for other platforms, and `npm ci` then fails on every machine.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../bin/find-node.mjs';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const missing = missingOptional(packages);
  for (const { name, requiredBy } of missing) {
    process.stderr.write(`package-lock.json lacks ${name}, which ${requiredBy} requires.\n`);
  }
  if (missing.length > 0) {
    process.stderr.write(
      'Run `npm install --package-lock-only`. Add entries that are still missing by hand, with their version, os and cpu.\n',
    );
    process.exitCode = 1;
  } else process.stdout.write('The lock file has every optional dependency.\n');
}

/** The optional dependencies that packages of a lock file require and that have no entry in it. */
export function missingOptional(packages) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !resolutionPaths(path, name).some((candidate) => candidate in packages))
      .map((name) => ({ name, requiredBy: path === '' ? 'this package' : path })),
  );
}

/** Where Node looks for a package that the package at `path` imports: in its own folder, then in the parent folders. */
function resolutionPaths(path, name) {
  const parts = path === '' ? [''] : ['', ...path.split(/(?=\/node_modules\/)/)];
  return parts.map((_, index) => {
    const folder = parts.slice(0, parts.length - index).join('');
    return folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
  });
}
