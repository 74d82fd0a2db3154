import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launchCommand } from './launch-command.ts';

let userFolder: string;
beforeEach(() => {
  userFolder = mkdtempSync(join(tmpdir(), 'cerevisor-user-'));
});
afterEach(() => rmSync(userFolder, { recursive: true, force: true }));

/** Creates the part of an installation that the command depends on. */
function productIn(...folders: string[]): string {
  const productFolder = join(userFolder, ...folders);
  mkdirSync(join(productFolder, 'bin'), { recursive: true });
  writeFileSync(join(productFolder, 'bin', 'cerevisor.mjs'), '');
  chmodSync(join(productFolder, 'bin', 'cerevisor.mjs'), 0o755);
  return productFolder;
}

function commandOf(productFolder: string, environment: Record<string, string>, home?: string) {
  return launchCommand({
    environment,
    productFolder,
    home: home ?? join(userFolder, '.cerevisor'),
    userFolder,
    platform: 'linux',
  });
}

test('is npm start in a clone that was started with it', () => {
  const clone = productIn('cerevisor');
  const started = { npm_lifecycle_event: 'start', npm_package_json: join(clone, 'package.json') };
  expect(commandOf(clone, started)).toBe('npm start');
});

test('is npx in a clone that was started with it, although npx adds the command to the PATH', () => {
  const clone = productIn('cerevisor');
  const bin = join(userFolder, '.npm', '_npx', '1a2b', 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(join(clone, 'bin', 'cerevisor.mjs'), join(bin, 'cerevisor'));
  const npx = { npm_lifecycle_event: 'npx', npm_package_json: join(clone, 'package.json') };
  expect(commandOf(clone, { ...npx, PATH: bin })).toBe('npx cerevisor');
});

test('ignores the start script of another project', () => {
  const clone = productIn('cerevisor');
  const started = { npm_lifecycle_event: 'start', npm_package_json: '/elsewhere/package.json' };
  expect(commandOf(clone, started)).toBe('node ~/cerevisor/bin/cerevisor.mjs');
});

test('is the plain command in a clone that is linked into the PATH', () => {
  const clone = productIn('my tools', 'cerevisor');
  expect(commandOf(clone, { PATH: '/usr/bin' })).toBe(
    `node '${join(clone, 'bin', 'cerevisor.mjs')}'`,
  );
  const bin = join(userFolder, 'bin');
  mkdirSync(bin);
  symlinkSync(join(clone, 'bin', 'cerevisor.mjs'), join(bin, 'cerevisor'));
  expect(commandOf(clone, { PATH: `/usr/bin:${bin}` })).toBe('cerevisor');
});

test('ignores a command on the PATH that belongs to another installation', () => {
  const clone = productIn('cerevisor');
  const bin = join(userFolder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'cerevisor'), '#!/bin/sh\n', { mode: 0o755 });
  expect(commandOf(clone, { PATH: bin })).toBe('node ~/cerevisor/bin/cerevisor.mjs');
  // For an installed package, it may be a script of a version manager.
  expect(commandOf(productIn('lib', 'node_modules', 'cerevisor'), { PATH: bin })).toBe('cerevisor');
});

test('is npx for a package that npx fetched', () => {
  const product = productIn('.npm', '_npx', '1a2b', 'node_modules', 'cerevisor');
  expect(commandOf(product, {})).toBe('npx cerevisor');
});

test('includes a home other than the default, quoted if necessary', () => {
  const clone = productIn('cerevisor');
  const started = { npm_lifecycle_event: 'start', npm_package_json: join(clone, 'package.json') };
  const at = (home: string) => commandOf(clone, { ...started, CEREVISOR_HOME: home }, home);
  expect(at(join(userFolder, 'trial'))).toBe('CEREVISOR_HOME=~/trial npm start');
  expect(at('/srv/it is mine')).toBe("CEREVISOR_HOME='/srv/it is mine' npm start");
});
