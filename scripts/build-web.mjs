// Plain JavaScript for Node 20 or newer.
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

/** All inputs of the app. */
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

// `node scripts/build-web.mjs`, for callers whose own process must not exit when the build fails.
if (process.argv[1] === fileURLToPath(import.meta.url)) buildWebIfNeeded();

/** Builds the app if its sources changed since the last build. Exits the process if that fails. */
export function buildWebIfNeeded() {
  const hash = hashOf(sources.flatMap(filesIn));
  if (existsSync(page) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  process.stderr.write('Building the app…\n');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  // Built next to the current pages, which a daemon may be serving meanwhile.
  const fresh = join(root, 'dist', `web-${process.pid}`);
  const built = spawnSync(
    findNode(),
    [vite, 'build', join('src', 'web'), '--outDir', fresh, '--emptyOutDir', '--logLevel', 'warn'],
    // Always a production build, even if a test runs this: any other NODE_ENV would produce a development build.
    { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } },
  );
  if (built.status !== 0) {
    process.stderr.write(`${built.stdout ?? ''}${built.stderr ?? ''}`);
    process.stderr.write('The app could not be built; see the error above.\n');
    process.exit(1);
  }
  putInPlace(fresh);
  writeFileSync(stamp, hash);
}

function putInPlace(fresh) {
  try {
    rmSync(dirname(page), { recursive: true, force: true });
    renameSync(fresh, dirname(page));
  } catch (error) {
    // Test files that start together build together: another build of the same sources was faster.
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
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

/** A hash of names and contents, because modification times are not meaningful after a clone. */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return hash.digest('hex');
}
