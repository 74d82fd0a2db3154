import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localSession } from '../../testing/local-session.ts';
import { sessionIdOf, startTestServer, type TestServer } from '../../testing/server.ts';

let folder = '';
let server: TestServer;
const home = () => join(folder, 'home');
const made = (...parts: string[]): string => {
  const path = join(folder, ...parts);
  mkdirSync(path, { recursive: true });
  return path;
};

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cerevisor-folders-')));
  made('home');
  server = await startTestServer({ services: { homeFolder: home() } });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test('lists the folders of the home folder by name, marks repositories, and shows no files', async () => {
  made('home', 'shop', '.git');
  made('home', 'Documents');
  made('home', '.ssh');
  made('home', 'worktree');
  writeFileSync(join(home(), 'worktree', '.git'), 'gitdir: elsewhere\n');
  writeFileSync(join(home(), 'secret.txt'), 'x');
  expect(await server.client.folders()).toEqual({
    path: home(),
    parent: null,
    isRepository: false,
    folders: [
      { name: 'Documents', path: join(home(), 'Documents'), isRepository: false },
      { name: 'shop', path: join(home(), 'shop'), isRepository: true },
      { name: 'worktree', path: join(home(), 'worktree'), isRepository: true },
    ],
    isCut: false,
    recent: [],
  });
  const inside = await server.client.folders(join(home(), 'shop'));
  expect(inside).toMatchObject({ parent: home(), isRepository: true, folders: [] });
});

test('lists nothing outside the home folder, by a path or by a link', async () => {
  const outside = made('elsewhere', 'inside');
  made('home-two');
  made('home', 'shop');
  symlinkSync(outside, join(home(), 'way-out'));
  symlinkSync(join(home(), 'shop'), join(home(), 'way-in'));
  symlinkSync(join(home(), 'nowhere'), join(home(), 'broken'));
  const { folders } = await server.client.folders();
  expect(folders.map(({ name }) => name)).toEqual(['shop', 'way-in']);
  for (const path of [
    folder,
    '/',
    outside,
    join(folder, 'home-two'),
    join(home(), '..'),
    join(home(), 'way-out'),
  ])
    await expect(server.client.folders(path), path).rejects.toMatchObject({
      code: 'folder_not_listed',
      status: 403,
    });
});

test('reports why a folder cannot be listed', async () => {
  writeFileSync(join(home(), 'file'), 'x');
  const refusals = [
    [join(home(), 'none'), 'folder_missing', 'it does not exist'],
    [join(home(), 'file'), 'folder_missing', 'it is not a folder'],
    ['shop', 'bad_request', 'not an absolute path'],
  ] as const;
  for (const [path, code, words] of refusals)
    await expect(server.client.folders(path)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
});

test('lists existing folders of earlier sessions, even outside the home folder', async () => {
  const work = { branch: 'b', commit: 'c', base: 'a' };
  const start = (path: string, id: string) => {
    const [started] = localSession(path, { plan: work, build: work });
    if (started !== undefined) server.journal.append(sessionIdOf(id), [started]);
  };
  const outside = made('elsewhere');
  start(outside, 'a1');
  start(join(folder, 'gone'), 'a2');
  start(outside, 'a3');
  const { recent } = await server.client.folders();
  expect(recent).toEqual([{ path: outside, isRepository: false }]);
});

test('lists at most 500 folders', async () => {
  for (let number = 0; number < 501; number += 1) made('home', `f${number}`);
  const { folders, isCut } = await server.client.folders();
  expect([folders.length, isCut]).toEqual([500, true]);
});
