// Before `npm pack`: everything that the package ships is built anew. Plain JavaScript for any Node from 20 on.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findNode, root } from '../bin/find-node.mjs';
import { buildWebWhenNeeded } from './build-web.mjs';
import { installWhatIsMissing } from './install.mjs';

await installWhatIsMissing();
buildWebWhenNeeded();
// `--clean`: without chunks of earlier builds, which only a daemon that is running still needs.
const { status } = spawnSync(
  findNode(),
  [join(root, 'scripts', 'build-programs.mjs'), '--clean'],
  // Standard output belongs to npm, which may be asked to print JSON there.
  { cwd: root, stdio: ['ignore', 2, 2] },
);
process.exitCode = status ?? 1;
