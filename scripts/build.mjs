// `npm run build`, and `npm run prepack` before `npm pack`: everything that the package ships. Plain JavaScript for any Node
// from 20 on. With `--clean` the programs are built again, without chunks of earlier builds, which only a daemon that is
// still running needs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findNode, root } from '../bin/find-node.mjs';
import { buildWebWhenNeeded } from './build-web.mjs';
import { installWhatIsMissing } from './install.mjs';

await installWhatIsMissing();
buildWebWhenNeeded();
run('build-programs.mjs', ...process.argv.slice(2));
run('build-schema.mjs');

/** Standard output belongs to npm, which may be asked to print JSON there. */
function run(script, ...args) {
  const { status } = spawnSync(findNode(), [join(root, 'scripts', script), ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
