// `npm start`: from a clean clone to the open app, with nothing but npm and git. Plain JavaScript for Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { keepLoopbackDirect } from '../bin/direct-loopback.mjs';
import { findNode, root } from '../bin/find-node.mjs';
import { buildProgramsWhenNeeded } from './build-programs.mjs';
import { buildWebWhenNeeded } from './build-web.mjs';
import { installWhatIsMissing } from './install.mjs';

const POLL_MS = 100;
const program = join(root, 'bin', 'cerevisor.mjs');
const home = resolve(process.env.CEREVISOR_HOME || join(homedir(), '.cerevisor'));

keepLoopbackDirect();
await installWhatIsMissing();
buildProgramsWhenNeeded();
buildWebWhenNeeded();
const running = await daemonInUse();
if (running === null) await startHere();
// `cerevisor start` has printed the address.
else if (running !== 'silent') await show(running);

/**
 * The daemon that runs, if one does. `cerevisor start` waits for one that does not answer yet, replaces an outdated
 * one where nothing is lost by it, and says what of this shell is ignored; its words go to standard error.
 */
async function daemonInUse() {
  const answer = spawnSync(findNode(), [program, 'status', '--json'], { encoding: 'utf8' });
  if (!isRunning(answer.stdout)) return null;
  const started = spawnSync(findNode(), [program, 'start', '--json'], {
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  if (started.status !== 0) {
    process.exitCode = started.status ?? 5;
    return 'silent';
  }
  return runningDaemon();
}

function isRunning(json) {
  try {
    return JSON.parse(json).isRunning === true;
  } catch {
    return false; // It could not even be asked: the start itself says why.
  }
}

/** Starts the daemon in this terminal and stays until it ends. */
async function startHere() {
  const child = spawn(findNode(), [program, 'start', '--foreground', ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit'],
  });
  let hasEnded = false;
  // Ctrl-C reaches the daemon through the terminal; other signals come to this process alone.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    hasEnded = true;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 5;
  });
  child.on('exit', (code, signal) => {
    hasEnded = true;
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
  // However slow it is: while its process lives, it may come up.
  while (!hasEnded) {
    const daemon = await runningDaemon();
    if (daemon?.pid === child.pid) {
      // The daemon has printed its address.
      await show(daemon);
      process.stdout.write('Press Ctrl-C to stop Cerevisor. Agents continue without it.\n');
      return;
    }
    await wait(POLL_MS);
  }
}

/** The daemon of this home, when one answers. */
async function runningDaemon() {
  try {
    const { port, pid, tokenFile = 'daemon-token' } = JSON.parse(read('daemon.json'));
    const address = `http://127.0.0.1:${port}`;
    const token = read(tokenFile).trim();
    // Asked with its token: by now the daemon of another home may listen there.
    const status = await fetch(`${address}/api/status`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(2_000),
    });
    return status.ok ? { address, pid, token } : null;
  } catch {
    return null; // No address, or nobody there: none runs, or it is still starting.
  }
}

function read(name) {
  return readFileSync(join(home, name), 'utf8');
}

/** Prints a link that logs the browser in, and opens it where there is a screen. */
async function show({ address, token }) {
  const answer = await fetch(`${address}/api/logins`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  if (!answer.ok) {
    process.stdout.write(
      `It gave no login link (status ${answer.status}). Open ${address} to log in.\n`,
    );
    return;
  }
  const { url } = await answer.json();
  process.stdout.write(`\n  Log in within a minute:  ${url}\n\n`);
  process.stdout.write('For a new link run npm start again, in another terminal.\n');
  if (!hasScreen()) return;
  const { default: open } = await import('open');
  const browser = await open(url);
  browser.on('error', () => process.stdout.write('No browser could be opened; use the link.\n'));
}

function hasScreen() {
  if (process.env.CEREVISOR_NO_OPEN || process.env.CI) return false;
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}
