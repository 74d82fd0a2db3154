// Plain JavaScript that any Node from 20 on can run: the programs themselves are TypeScript and use node:sqlite, both
// of which need a newer one. Where that is not the one in use, the `node` package that comes with us takes over.
import { spawn } from 'node:child_process';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findNode, isThisNodeEnough, oldestNode } from '../scripts/node24.mjs';

/** Runs a program of this package (`program` is its file URL) with the arguments of this process. */
export async function launch(program) {
  if (isThisNodeEnough()) {
    // Remembers stripped and compiled files between runs, which makes every start quicker.
    module.enableCompileCache?.();
    await import(program.href);
    return;
  }
  const node = findNode();
  if (node !== null) return runWith(node);
  process.stderr.write(
    `Cerevisor needs Node ${oldestNode} or newer; this is ${process.version}. ` +
      'Run npm ci in its folder, or start it with a newer Node.\n',
  );
  process.exitCode = 2;
}

/** The same launcher with another Node. */
function runWith(node) {
  const launcher = process.argv[1] ?? fileURLToPath(import.meta.url);
  const child = spawn(node, [launcher, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Whoever ends this process means the program: pass it on and end when it has ended. A terminal sends Ctrl-C to the
  // program too, and passed on it would count as two.
  const isCtrlC = (signal) => signal === 'SIGINT' && process.stdin.isTTY === true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!isCtrlC(signal)) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}
