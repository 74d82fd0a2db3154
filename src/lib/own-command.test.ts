import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownCommand } from './own-command.ts';

let userFolder: string;
beforeEach(() => {
  userFolder = mkdtempSync(join(tmpdir(), 'cerevisor-user-'));
});
afterEach(() => rmSync(userFolder, { recursive: true, force: true }));

/** An installation in this folder, as far as the command is concerned. */
function productIn(...folders: string[]): string {
  const productFolder = join(userFolder, ...folders);
  mkdirSync(join(productFolder, 'bin'), { recursive: true });
  writeFileSync(join(productFolder, 'bin', 'cerevisor.mjs'), '');
  chmodSync(join(productFolder, 'bin', 'cerevisor.mjs'), 0o755);
  return productFolder;
}

function commandOf(productFolder: string, environment: Record<string, string>, home?: string) {
  return ownCommand({
    environment,
    productFolder,
    home: home ?? join(userFolder, '.cerevisor'),
    userFolder,
    platform: 'linux',
  });
}

test('after npm start in a clone it is npm start', () => {
  const clone = productIn('cerevisor');
  const started = { npm_lifecycle_event: 'start', npm_package_json: join(clone, 'package.json') };
  expect(commandOf(clone, started)).toBe('npm start');
});

test('after npx in a clone it is npx, although npx puts the command on the path for a moment', () => {
  const clone = productIn('cerevisor');
  const bin = join(userFolder, '.npm', '_npx', '1a2b', 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(join(clone, 'bin', 'cerevisor.mjs'), join(bin, 'cerevisor'));
  const npx = { npm_lifecycle_event: 'npx', npm_package_json: join(clone, 'package.json') };
  expect(commandOf(clone, { ...npx, PATH: bin })).toBe('npx cerevisor');
});

test('a start script of another project does not count', () => {
  const clone = productIn('cerevisor');
  const started = { npm_lifecycle_event: 'start', npm_package_json: '/elsewhere/package.json' };
  expect(commandOf(clone, started)).toBe('node ~/cerevisor/bin/cerevisor.mjs');
});

test('in a clone whose command was linked into the path it is that command', () => {
  const clone = productIn('my tools', 'cerevisor');
  expect(commandOf(clone, { PATH: '/usr/bin' })).toBe(
    `node '${join(clone, 'bin', 'cerevisor.mjs')}'`,
  );
  const bin = join(userFolder, 'bin');
  mkdirSync(bin);
  symlinkSync(join(clone, 'bin', 'cerevisor.mjs'), join(bin, 'cerevisor'));
  expect(commandOf(clone, { PATH: `/usr/bin:${bin}` })).toBe('cerevisor');
});

test('a command of the same name that is another installation is not named', () => {
  const clone = productIn('cerevisor');
  const bin = join(userFolder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'cerevisor'), '#!/bin/sh\n', { mode: 0o755 });
  expect(commandOf(clone, { PATH: bin })).toBe('node ~/cerevisor/bin/cerevisor.mjs');
  // Where it was installed, a small script of the version manager stands for it.
  expect(commandOf(productIn('lib', 'node_modules', 'cerevisor'), { PATH: bin })).toBe('cerevisor');
});

test('after npx it is npx', () => {
  const product = productIn('.npm', '_npx', '1a2b', 'node_modules', 'cerevisor');
  expect(commandOf(product, {})).toBe('npx cerevisor');
});

test('another home goes with it, as one word', () => {
  const clone = productIn('cerevisor');
  const started = { npm_lifecycle_event: 'start', npm_package_json: join(clone, 'package.json') };
  const at = (home: string) => commandOf(clone, { ...started, CEREVISOR_HOME: home }, home);
  expect(at(join(userFolder, 'trial'))).toBe('CEREVISOR_HOME=~/trial npm start');
  expect(at('/srv/it is mine')).toBe("CEREVISOR_HOME='/srv/it is mine' npm start");
});
