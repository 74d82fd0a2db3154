// `npm run check:lock`: every optional dependency of a package in package-lock.json has an entry there. npm leaves out
// those of other platforms that it is not offered, and `npm ci` then fails on every machine.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../bin/find-node.mjs';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const missing = missingOptional(packages);
  for (const { name, wantedBy } of missing) {
    process.stderr.write(`package-lock.json lacks ${name}, which ${wantedBy} asks for.\n`);
  }
  if (missing.length > 0) {
    process.stderr.write(
      'Run `npm install --package-lock-only`; what is still missing then goes in by hand with its version, os and cpu.\n',
    );
    process.exitCode = 1;
  } else process.stdout.write('The lock file has every optional dependency.\n');
}

/** The optional dependencies that `packages` (of a lock file) asks for and does not have. */
export function missingOptional(packages) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !placesFor(path, name).some((place) => place in packages))
      .map((name) => ({ name, wantedBy: path === '' ? 'this package' : path })),
  );
}

/** Where Node looks for a package that the one at `path` imports: in its own folder, then outwards. */
function placesFor(path, name) {
  const parts = path === '' ? [''] : ['', ...path.split(/(?=\/node_modules\/)/)];
  return parts.map((_, index) => {
    const folder = parts.slice(0, parts.length - index).join('');
    return folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
  });
}
