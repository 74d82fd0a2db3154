// Plain JavaScript for any Node from 20 on.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNode, oldestForSources, root } from '../bin/find-node.mjs';

const TICK_MS = 5_000;

/** Installs the dependencies when they are not those of package-lock.json. Ends the process when that fails. */
export async function installWhatIsMissing() {
  if (isInstalled() && findNode() !== null) return;
  process.stderr.write('Installing what Cerevisor needs (this takes a minute, once)');
  const { code, output } = await cleanInstall();
  process.stderr.write('\n');
  if (code !== 0) {
    process.stderr.write(`${output.trimEnd()}\n\nnpm failed (code ${code}). `);
    process.stderr.write(
      'Mend what it says above, then run this again; nothing else was changed.\n',
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

/** Compares what npm says it installed with what it should have: quicker than npm, and exact. */
function isInstalled() {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === '') return true;
    const found = installed[path];
    // Packages for other platforms are listed, and rightly not there.
    if (found === undefined) return Boolean(optional || devOptional || peer);
    return found.version === version;
  });
}

function packagesIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null; // Not there, or cut off by an install that broke: install again.
  }
}

/** `npm ci`: exactly what package-lock.json names. */
function cleanInstall() {
  return new Promise((resolve) => {
    const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      env: environmentOfItsOwn(),
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a script on Windows, which only its shell can start.
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

/** Under `npm pack --dry-run` and the like, npm hands its flags on to every npm that a script starts. */
function environmentOfItsOwn() {
  const handedOn = ['dry_run', 'global', 'prefix', 'location', 'ignore_scripts', 'omit'];
  const names = new Set(handedOn.map((name) => `npm_config_${name}`));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.has(name)));
}
