import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Runs this launcher again with another Node, passes signals on to it, and ends as it ends. */
export function runWith(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // Anyone who ends this process means the program: pass it on and end when it has ended. A terminal sends Ctrl-C to the
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
