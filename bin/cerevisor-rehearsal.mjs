#!/usr/bin/env node
// Plain JavaScript that any Node from 20 on can run: the program itself is TypeScript and uses node:sqlite, both of
// which need Node 24. Where that is not the one in use, the `node` package that is installed with us takes over.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const oldestNode = 24;
const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const program = join(here, '..', 'rehearsal', 'main.ts');

if (Number(process.versions.node.split('.')[0]) >= oldestNode) {
  await import(pathToFileURL(program).href);
} else {
  runWith(bundledNode());
}

/** The Node that comes with our dependencies, or `undefined` when it was not installed. */
function bundledNode() {
  const require = createRequire(import.meta.url);
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const folder of require.resolve.paths('node/package.json') ?? []) {
    const file = join(folder, 'node', 'bin', name);
    if (existsSync(file)) return file;
  }
  return undefined;
}

function runWith(node) {
  if (node === undefined) {
    process.stderr.write(
      `The rehearsal cloud needs Node ${oldestNode} or newer; this is ${process.version}. ` +
        'Run npm install, or start it with a newer Node.\n',
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Whoever ends this process means the program: pass it on and end when it has ended.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
}
