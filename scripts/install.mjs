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
  const { code, output } = await install();
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
    `Cerevisor needs Node ${oldestForSources.major}.${oldestForSources.minor} or newer; this is ${process.version}, and npm did not install one.\n` +
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

/**
 * `npm ci`, or `npm install` where npm finds the lock file incomplete: one that was written on a machine that was not
 * offered the optional packages of other platforms lacks them. Versions come from the lock file in both cases, and it
 * is not changed.
 */
async function install() {
  const strict = await npm('ci');
  if (strict.code === 0 || !strict.output.includes('EUSAGE')) return strict;
  return npm('install', '--no-save');
}

function npm(...words) {
  return new Promise((resolve) => {
    const child = spawn('npm', [...words, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
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
