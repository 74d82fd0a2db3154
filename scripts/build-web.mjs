// Plain JavaScript for any Node from 20 on.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode, root } from '../bin/find-node.mjs';

/** Everything that the app is built from. */
const sources = [
  'src/web',
  'src/contract',
  'src/lib',
  'src/transcript',
  'src/session',
  'src/workflow',
  'package-lock.json',
];
const page = join(root, 'dist', 'web', 'index.html');
const stamp = join(root, 'dist', 'web.stamp');

// `node scripts/build-web.mjs`, for anyone who needs the app in a process that must not be ended.
if (process.argv[1] === fileURLToPath(import.meta.url)) buildWebWhenNeeded();

/** Builds the app when its sources changed since the last build. Ends the process when that fails. */
export function buildWebWhenNeeded() {
  const hash = hashOf(sources.flatMap(filesIn));
  if (existsSync(page) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  process.stderr.write('Building the app…\n');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  // Next to the pages in use, which a daemon may be serving meanwhile.
  const fresh = join(root, 'dist', `web-${process.pid}`);
  const built = spawnSync(
    findNode(),
    [vite, 'build', join('src', 'web'), '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'],
    // Whatever runs this, a test too: anything else would build the app for its developers.
    { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } },
  );
  if (built.status !== 0) {
    process.stderr.write(`${built.stdout ?? ''}${built.stderr ?? ''}`);
    process.stderr.write('The app could not be built; what is wrong stands above.\n');
    process.exit(1);
  }
  rmSync(dirname(page), { recursive: true, force: true });
  renameSync(fresh, dirname(page));
  writeFileSync(stamp, hash);
}

function filesIn(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesIn(join(path, name)))
    .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('.test.tsx'));
}

/** Of names and contents: times of files say nothing after a clone. */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return hash.digest('hex');
}
