import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/settings.ts';
import { DEFAULT_PREFERENCES, PreferencesFile, type PreferencesNotice } from './preferences.ts';

const open = (home: string) => {
  const notices: PreferencesNotice[] = [];
  const preferences = new PreferencesFile({
    home,
    now: () => 1,
    onNotice: (notice) => notices.push(notice),
  });
  return { preferences, notices, path: join(home, 'settings.json') };
};

test('have defaults while there is no file', () => {
  using folder = temporaryFolder();
  const { preferences, notices } = open(folder.home);
  expect(preferences.read()).toEqual(DEFAULT_PREFERENCES);
  expect(preferences.read()).toMatchObject({
    resumeOnLaunch: 'automatically',
    maxLiveCloudAttempts: 8,
    maxLiveLocalAttempts: 4,
  });
  expect(notices).toEqual([]);
});

test('a change is stored, and preserves other preferences and unknown fields', () => {
  using folder = temporaryFolder();
  const { preferences, path } = open(folder.home);
  writeFileSync(path, '{"version": 3, "theme": "dark", "future": {"a": 1}}');
  expect(preferences.change({ port: 7777, future: 'sent back' })).toMatchObject({
    ok: true,
    value: { port: 7777, theme: 'dark' },
  });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    version: 3,
    theme: 'dark',
    future: { a: 1 },
    port: 7777,
  });
  expect(open(folder.home).preferences.read()).toMatchObject({ port: 7777, theme: 'dark' });
  expect(readdirSync(folder.home)).toEqual(['settings.json']);
});

test.each([
  [{ theme: 'dark', port: 0 }, '"port"'],
  [{ maxLiveCloudAttempts: 'many' }, '"maxLiveCloudAttempts"'],
  [{ color: 'red' }, '"color"'],
  [{ constructor: 1 }, '"constructor"'],
])('%j is rejected by name and changes nothing', (changes, name) => {
  using folder = temporaryFolder();
  const { preferences } = open(folder.home);
  expect(preferences.change(changes)).toMatchObject({
    error: { code: 'invalid_preference', message: expect.stringContaining(name) },
  });
  expect(readdirSync(folder.home)).toEqual([]);
});

test('an invalid value in the file is replaced by its default, and reported once', () => {
  using folder = temporaryFolder();
  const { preferences, notices, path } = open(folder.home);
  writeFileSync(path, '\uFEFF{"theme": "purple", "notifications": false}');
  expect(preferences.read()).toMatchObject({ theme: 'system', notifications: false });
  preferences.read();
  expect(notices).toMatchObject([
    { code: 'invalid_value', message: expect.stringContaining('theme') },
  ]);
});

test.each(['{"theme": "da', '[]', ''])(
  'a damaged file (%j) is moved aside and reported',
  (content) => {
    using folder = temporaryFolder();
    const { preferences, notices, path } = open(folder.home);
    writeFileSync(path, content);
    expect(preferences.read()).toEqual(DEFAULT_PREFERENCES);
    expect(notices).toMatchObject([{ code: 'damaged' }]);
    const [aside = ''] = readdirSync(folder.home);
    expect(readFileSync(join(folder.home, aside), 'utf8')).toBe(content);
  },
);
