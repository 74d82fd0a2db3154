// Plain JavaScript that any Node from 20 on can run. The programs themselves need a newer one; in a clone where that
// is not the one in use, the `node` package of the clone takes over.
import { lstatSync, mkdirSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBundleFresh } from './bundle.mjs';
import { keepLoopbackDirect } from './direct-loopback.mjs';
import { findNode, isNodeEnough, oldestForBundle, oldestForSources } from './find-node.mjs';

/**
 * Runs a program of this package with the arguments of this process: from the bundle (`bundled` is its name there),
 * or, in a clone that has changed since its last build, from the sources.
 */
export function launch(bundled, source) {
  return isBundleFresh()
    ? run(new URL(`../dist/programs/${bundled}`, import.meta.url), oldestForBundle)
    : run(new URL(`../${source}`, import.meta.url), oldestForSources);
}

/** Runs a program (`program` is its file URL), here or with a newer Node of this installation. */
export async function run(program, oldest) {
  if (isNodeEnough(oldest)) {
    rememberCompiledCode();
    keepQuietAboutSqlite();
    keepLoopbackDirect();
    await import(program.href);
    return;
  }
  const node = findNode(oldest);
  if (node !== null) return (await import('./other-node.mjs')).runWith(node);
  process.stderr.write(
    `Cerevisor needs Node ${oldest.join(', ')} or newer; this is ${process.version}. ` +
      'Install a newer Node (https://nodejs.org) and run this again.\n',
  );
  process.exitCode = 2;
}

/** Node 22 calls the `node:sqlite` that the journal uses experimental, at each start. People can do nothing about it. */
function keepQuietAboutSqlite() {
  if (isNodeEnough(['24.0.0'])) return;
  const warn = process.emitWarning;
  process.emitWarning = (warning, ...details) => {
    if (!String(warning).startsWith('SQLite is an experimental feature'))
      warn.call(process, warning, ...details);
  };
}

/**
 * Node keeps compiled files between runs, which makes every start quicker. It would share one folder for temporary
 * files among all users, where someone else could lay out code for us to run; this one is the user's own.
 */
function rememberCompiledCode() {
  if (process.env.NODE_COMPILE_CACHE) return void module.enableCompileCache?.();
  const user = process.getuid?.() ?? 'user';
  const folder = join(tmpdir(), `cerevisor-compiled-${user}`);
  if (isOurs(folder)) module.enableCompileCache?.(folder);
}

function isOurs(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { mode, uid } = lstatSync(folder);
    // Windows has a folder for temporary files for each user.
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o22) === 0);
  } catch {
    return false; // Nowhere to keep anything: every start compiles again.
  }
}
