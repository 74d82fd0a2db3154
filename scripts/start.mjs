// `npm start`: starts the app from a clean clone with nothing but npm and git. Plain JavaScript for Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { keepLoopbackDirect } from '../bin/direct-loopback.mjs';
import { findNode, root } from '../bin/find-node.mjs';
import { buildProgramsIfNeeded } from './build-programs.mjs';
import { buildWebIfNeeded } from './build-web.mjs';
import { installMissingDependencies } from './install.mjs';

const POLL_MS = 100;
const program = join(root, 'bin', 'cerevisor.mjs');
const home = resolve(process.env.CEREVISOR_HOME || join(homedir(), '.cerevisor'));

keepLoopbackDirect();
await installMissingDependencies();
buildProgramsIfNeeded();
buildWebIfNeeded();
const running = await findOrUpdateDaemon();
if (running === null) await startInForeground();
// `cerevisor start` has printed the address.
else if (running !== 'silent') await offerLogin(running);

/**
 * The running daemon, or null. `cerevisor start` waits for a daemon that does not respond yet, replaces an outdated one
 * if no work is lost, and reports which settings of this shell are ignored. Its messages go to standard error.
 */
async function findOrUpdateDaemon() {
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
    return false; // The status is not available. The start then reports the reason.
  }
}

/** Starts the daemon in the foreground of this terminal and waits until it exits. */
async function startInForeground() {
  const child = spawn(findNode(), [program, 'start', '--foreground', ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit'],
  });
  let hasEnded = false;
  // The terminal also sends Ctrl-C to the daemon; other signals reach only this process and are forwarded.
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
  // There is no time limit: as long as its process is running, the daemon may still become ready.
  while (!hasEnded) {
    const daemon = await runningDaemon();
    if (daemon?.pid === child.pid) {
      // The daemon has printed its address.
      await offerLogin(daemon);
      process.stdout.write('Press Ctrl-C to stop Cerevisor. Agents continue without it.\n');
      return;
    }
    await wait(POLL_MS);
  }
}

/** The daemon of this data folder, or null if none responds. */
async function runningDaemon() {
  try {
    const { port, pid, tokenFile = 'daemon-token' } = JSON.parse(read('daemon.json'));
    const address = `http://127.0.0.1:${port}`;
    const token = read(tokenFile).trim();
    // The request includes the token, because the daemon of another data folder may be listening on this port by now.
    const status = await fetch(`${address}/api/status`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(2_000),
    });
    return status.ok ? { address, pid, token } : null;
  } catch {
    return null; // No address or no response: no daemon is running, or it is still starting.
  }
}

function read(name) {
  return readFileSync(join(home, name), 'utf8');
}

/** Prints a login link and opens it if this machine has a display. */
async function offerLogin({ address, token }) {
  const answer = await fetch(`${address}/api/logins`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  if (!answer.ok) {
    process.stdout.write(
      `The daemon returned no login link (status ${answer.status}). Open ${address} to log in.\n`,
    );
    return;
  }
  const { url } = await answer.json();
  process.stdout.write(`\n  Log in within a minute:  ${url}\n\n`);
  process.stdout.write('For a new link, run npm start again in another terminal.\n');
  if (!hasDisplay()) return;
  const { default: open } = await import('open');
  const browser = await open(url);
  browser.on('error', () => process.stdout.write('No browser could be opened; use the link.\n'));
}

function hasDisplay() {
  if (process.env.CEREVISOR_NO_OPEN || process.env.CI) return false;
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}
