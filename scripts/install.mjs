// Plain JavaScript for Node 20 or newer.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNode, oldestForSources, root } from '../bin/find-node.mjs';

const TICK_MS = 5_000;

/** Installs the dependencies if they differ from package-lock.json. Exits the process if that fails. */
export async function installMissingDependencies() {
  if (isInstalled() && findNode() !== null) return;
  process.stderr.write('Installing the dependencies of Cerevisor (once; takes about a minute)');
  const { code, output } = await cleanInstall();
  process.stderr.write('\n');
  if (code !== 0) {
    process.stderr.write(`${output.trimEnd()}\n\nnpm failed (code ${code}). `);
    process.stderr.write(
      'Fix the error above, then run this command again. Nothing else was changed.\n',
    );
    process.exit(code);
  }
  if (findNode() !== null) return;
  process.stderr.write(
    `Cerevisor needs Node ${oldestForSources[0]} or newer; this is ${process.version}, and npm did not install one.\n` +
      'Allow install scripts for the package "node" (npm config get ignore-scripts), or install a newer Node.\n',
  );
  process.exit(2);
}

/** Compares the packages that npm recorded as installed with those of the lock file. Faster than npm, and exact. */
function isInstalled() {
  const expected = packagesIn(join(root, 'package-lock.json'));
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  if (expected === null || installed === null) return false;
  return Object.entries(expected).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === '') return true;
    const found = installed[path];
    // Packages for other platforms are listed in the lock file but not installed.
    if (found === undefined) return Boolean(optional || devOptional || peer);
    return found.version === version;
  });
}

function packagesIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null; // The file is missing, or incomplete after an interrupted installation. Install again.
  }
}

/** Runs `npm ci`, which installs exactly the versions of package-lock.json. */
function cleanInstall() {
  return new Promise((resolve) => {
    const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      // On Windows, npm is a script that only the shell can start.
      shell: process.platform === 'win32',
    });
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const ticking = setInterval(() => process.stderr.write('.'), TICK_MS);
    child.on('error', (error) => {
      clearInterval(ticking);
      resolve({ code: 1, output: `npm could not be started: ${error.message}` });
    });
    child.on('close', (code) => {
      clearInterval(ticking);
      resolve({ code: code ?? 1, output });
    });
  });
}

/**
 * The environment without the flags that npm passes on to every npm that a script starts, as under `npm pack
 * --dry-run`.
 */
function cleanEnvironment() {
  const inheritedFlags = ['dry_run', 'global', 'prefix', 'location', 'ignore_scripts', 'omit'];
  const names = new Set(inheritedFlags.map((name) => `npm_config_${name}`));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.has(name)));
}
