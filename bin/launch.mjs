// Plain JavaScript that any Node from 20 on can run: the programs themselves are TypeScript and use node:sqlite, both
// of which need Node 24. Where that is not the one in use, the `node` package that is installed with us takes over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestNode = 24;

/** Runs a program of this package (`program` is its file URL) with the arguments of this process. */
export async function launch(program) {
  if (Number(process.versions.node.split('.')[0]) >= oldestNode) {
    await import(program.href);
    return;
  }
  const node = bundledNode();
  if (node !== undefined) return runWith(node, fileURLToPath(program));
  process.stderr.write(
    `Cerevisor needs Node ${oldestNode} or newer; this is ${process.version}. ` +
      'Run npm install, or start it with a newer Node.\n',
  );
  process.exitCode = 2;
}

/** The Node that comes with our dependencies, or `undefined` when it was not installed. */
function bundledNode() {
  const require = createRequire(import.meta.url);
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const folders = require.resolve.paths('node/package.json') ?? [];
  return folders
    .map((folder) => join(folder, 'node', 'bin', name))
    .find((file) => existsSync(file));
}

function runWith(node, program) {
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Whoever ends this process means the program: pass it on and end when it has ended.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
