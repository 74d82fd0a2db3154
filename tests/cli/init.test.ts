import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCommand, temporaryHome } from '../../testing/command-line.ts';

test('init writes a workflow for the repository of the folder that validate finds in order, once', async () => {
  using place = temporaryHome();
  const cwd = path.join(place.folder, 'a clone');
  mkdirSync(cwd);
  execFileSync('git', ['init', '--quiet'], { cwd });
  execFileSync('git', ['remote', 'add', 'origin', 'git@github.com:acme/shop.git'], { cwd });
  const cerevisor = (...args: string[]) =>
    runCommand(path.join(place.folder, 'home'), args, { cwd });

  const written = await cerevisor('init', '--json');
  expect(written.code).toBe(0);
  const file = path.join(cwd, 'shop.cerevisor');
  const repository = { url: 'https://github.com/acme/shop' };
  expect(JSON.parse(written.stdout)).toMatchObject({ file, repository });
  const text = readFileSync(file, 'utf8');
  const document = JSON.parse(text);
  expect(document).toMatchObject({ settings: { cloud: { repos: [repository] } } });
  expect(await cerevisor('validate', 'shop.cerevisor')).toMatchObject({ code: 0 });

  expect(await cerevisor('init', '--name', 'Other')).toMatchObject({ code: 2, stdout: '' });
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(await cerevisor('init', '--force', '--name', 'Shop work')).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ name: 'Shop work' });

  document.settings.cloud.repos = [];
  writeFileSync(file, JSON.stringify(document));
  expect(document.settings.runMode).toBe('local');
  expect(await cerevisor('validate', 'shop.cerevisor')).toMatchObject({ code: 0 });
  const validated = await cerevisor('validate', 'shop.cerevisor', '--mode', 'cloud');
  expect(validated).toMatchObject({ code: 0 });
  expect(validated.stderr).toContain(repository.url);
});

test('validate reports no line of the file for a repository given as an option', async () => {
  using place = temporaryHome();
  const cerevisor = (...args: string[]) =>
    runCommand(path.join(place.folder, 'home'), args, { cwd: place.folder });
  await cerevisor('init', 'ok.cerevisor', '--repo', 'https://github.com/acme/shop');
  const malformed = await cerevisor('validate', 'ok.cerevisor', '--repo', 'github.com/acme/shop');
  expect(malformed.stdout).toMatch(/^error: "github.com\/acme\/shop" is not the address/m);
  const inCloud = ['--mode', 'cloud', '--repo', './shop'];
  const local = await cerevisor('validate', 'ok.cerevisor', ...inCloud);
  expect(local.stdout).toMatch(/^warning: Cursor's cloud cannot reach/m);
  for (const { stdout } of [malformed, local]) expect(stdout).not.toMatch(/ok\.cerevisor|repos\[/);
});

test('init writes a workflow for this machine where the repository of the folder has no remote', async () => {
  using place = temporaryHome();
  const cwd = path.join(place.folder, 'my shop', 'below');
  mkdirSync(cwd, { recursive: true });
  execFileSync('git', ['init', '--quiet'], { cwd: path.dirname(cwd) });
  const cerevisor = (...args: string[]) =>
    runCommand(path.join(place.folder, 'home'), args, { cwd });
  const written = await cerevisor('init', '--json');
  expect(written.code).toBe(0);
  expect(JSON.parse(written.stdout)).toMatchObject({
    file: path.join(cwd, 'my-shop.cerevisor'),
    repository: null,
  });
  expect(written.stderr).toContain('It runs on this machine.');
  const validated = await cerevisor('validate', 'my-shop.cerevisor');
  expect(validated.code).toBe(0);
  expect(validated.stdout).not.toMatch(/warning|error/);
  const inCloud = await cerevisor('validate', 'my-shop.cerevisor', '--mode', 'cloud');
  expect(inCloud.code).toBe(2);
});

test('init asks for a repository where the folder has none', async () => {
  using place = temporaryHome();
  const cerevisor = (...args: string[]) =>
    runCommand(path.join(place.folder, 'home'), args, { cwd: place.folder });
  const refused = await cerevisor('init', '--json');
  expect(refused.code).toBe(2);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'repository_missing' } });
  const repository = 'https://github.com/acme/shop#next';
  expect((await cerevisor('init', 'mine.cerevisor', '--repo', repository)).code).toBe(0);
  const document = JSON.parse(readFileSync(path.join(place.folder, 'mine.cerevisor'), 'utf8'));
  expect(document.settings.cloud.repos).toEqual([
    { url: 'https://github.com/acme/shop', startingRef: 'next' },
  ]);
});
