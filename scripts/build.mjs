// `npm run build`, and `npm run prepack` before `npm pack`: build everything that the package contains. Plain
// JavaScript for Node 20 or newer. With `--clean`, the programs are always built again, and chunks of earlier builds,
// which only a running daemon may need, are removed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findNode, root } from '../bin/find-node.mjs';
import { buildWebIfNeeded } from './build-web.mjs';
import { installMissingDependencies } from './install.mjs';

await installMissingDependencies();
buildWebIfNeeded();
run('build-programs.mjs', ...process.argv.slice(2));
run('build-schema.mjs');

/** Standard output is left to npm, which may print JSON there. */
function run(script, ...args) {
  const { status } = spawnSync(findNode(), [join(root, 'scripts', script), ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
