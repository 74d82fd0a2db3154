import { lstat, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { agentDirectories, sessionDirectory } from './layout.ts';
import { assignNames, collisionKey, MAX_NAME_BYTES, safeName } from './safe-name.ts';

const hostile = [
  ...['../../etc/passwd', '..\\..\\x', '/etc/passwd', 'C:\\Windows\\x', 'C:foo', '\\\\srv\\share'],
  ...[
    'con',
    'CON.txt',
    'nul.tar.gz',
    'NUL .txt',
    'COM\u00b9',
    'com\u00b9.txt',
    'CONIN$',
    'conout$',
  ],
  ...['aux.', 'lpt9 ', 'a.', 'a ', 'a. . .', '.', '..', '...', '', 'a\u0000b', 'file.txt:ads'],
  ...[
    'a\u202Egpj.exe',
    'caf\u00e9',
    'cafe\u0301',
    'STRASSE',
    'Stra\u00dfe',
    `${'x'.repeat(254)}. y`,
  ],
  ...['x'.repeat(300), '\u{1F600}'.repeat(100), '-rf', '~', '$HOME', '%2e%2e%2f', 'a\tb\nc'],
  ...['.git', '.GIT', 'git~1', '.g\u200cit', '\ufb01le', 'PROGRA~1', '\ufeffx', 'foo/../bar'],
  ...['\uff0e\uff0e\uff0fx', 'a?b', 'COM0', 'COM10', '.git/hooks/post-checkout', '\\\\?\\C:\\x'],
  ...[
    'artifacts',
    'artifacts/',
    'artifacts/../../x',
    '.manifest.json',
    '.part-1',
    'a/b',
    'a_b',
    'A_B',
  ],
  ...[
    '\ud800',
    'nul\u200d',
    '\u202e',
    'con\u0000',
    'prn.\u00a0',
    'AUX\u3000',
    'x/CON',
    '\u1e9e',
    'ss',
  ],
];

const deviceName =
  /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(\s*\.|\s*$)/i;

function expectHarmless(name: string) {
  expect(name).not.toBe('');
  expect(name).not.toMatch(/[<>:"/\\|?*]/);
  expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  expect(name).not.toMatch(/^[.\s-]|[.\s]$/);
  expect(name).not.toMatch(deviceName);
  expect(name.normalize('NFKC')).toBe(name);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(MAX_NAME_BYTES);
  const root = resolve('/root-of-test');
  expect(resolve(root, name).startsWith(root + sep)).toBe(true);
}

const hostileText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...hostile) },
      fc.constantFrom(
        '/',
        '\\',
        '.',
        ' ',
        ':',
        '~',
        '\u0000',
        '\u202e',
        '\u2024',
        '\uff0f',
        '\ud83d',
        '_',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
    ),
    { maxLength: 5 },
  )
  .map((pieces) => pieces.join(''));

describe('the local name of an artifact', () => {
  it('is readable for harmless remote paths', () => {
    expect(safeName('artifacts/report.md')).toBe('report.md');
    expect(safeName('artifacts/shots/home page.png')).toBe('shots_home page.png');
    expect(safeName('日本語/メモ.txt')).toBe('日本語_メモ.txt');
    expect(safeName('artifacts/.env')).toBe('_.env');
    expect(safeName('../../etc/passwd')).toBe('etc_passwd');
    expect(safeName('..')).toBe('artifact');
  });

  it('is flat, valid everywhere and short for every remote path', () => {
    for (const path of hostile) expectHarmless(safeName(path));
    fc.assert(
      fc.property(hostileText, (path) => expectHarmless(safeName(path))),
      { numRuns: 3000 },
    );
  });

  it('keeps the extension when it is truncated', () => {
    const name = safeName(`artifacts/${'\u{1F600}'.repeat(100)}.png`);
    expect(name).toMatch(/^\u{1F600}+\.png$/u);
  });

  it('differs for every path, even if case and normalization are ignored', () => {
    fc.assert(
      fc.property(fc.uniqueArray(hostileText, { maxLength: 60 }), (paths) => {
        const names = assignNames([...new Set([...hostile, ...paths])]);
        for (const name of names.values()) expectHarmless(name);
        expect(new Set([...names.values()].map(collisionKey)).size).toBe(names.size);
      }),
    );
    const names = assignNames(['a/b.md', 'a_b.md', 'A_B.md', 'Straße', 'STRASSE', '\u1e9e', 'ss']);
    expect([...names.values()].toSorted()).toEqual(
      ['A_B.md', 'a_b~2.md', 'a_b~3.md', 'STRASSE', 'Straße~2', 'ss', 'ẞ~2'].toSorted(),
    );
  });

  it('does not depend on the order of the list, and does not change when paths are added', () => {
    const first = assignNames(['a/b', 'a_b']);
    expect(assignNames(['a_b', 'a/b'])).toEqual(first);
    const later = assignNames(['A/b', 'a_b', 'a/b'], first);
    expect(later.get('a/b')).toBe(first.get('a/b'));
    expect(later.get('a_b')).toBe(first.get('a_b'));
  });

  it('can be used in a real folder, with a separate file for every path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cerevisor-names-'));
    const names = assignNames([...new Set(hostile)]);
    for (const name of names.values()) await writeFile(join(folder, name), 'x', { flag: 'wx' });
    expect(await readdir(folder)).toHaveLength(names.size);
    for (const name of await readdir(folder))
      expect((await lstat(join(folder, name))).isFile()).toBe(true);
    await rm(folder, { recursive: true });
  });
});

describe('the folders of artifacts', () => {
  it('are named by the first 8 characters of the ids', () => {
    expect(sessionDirectory('/home', 's_0123456789abcdef')).toBe('/home/cloud-artifacts/01234567');
    const folders = agentDirectories('/home', 's_0123456789abcdef', ['implementer', 'review']);
    expect([...folders.values()]).toEqual([
      '/home/cloud-artifacts/01234567/implemen',
      '/home/cloud-artifacts/01234567/review',
    ]);
  });

  it('are different for agents with the same id prefix, and never lead out', () => {
    const ids = ['research-a', 'research-b', 'RESEARCH', '../../..', '/', '.git', 'nul'];
    const folders = [...agentDirectories('/home', 's_01234567', ids).values()];
    expect(folders.map((folder) => folder.replace('/home/cloud-artifacts/01234567/', ''))).toEqual([
      'research',
      'research~2',
      'RESEARCH~3',
      'artifact',
      'artifact~2',
      '_.git',
      'nul_',
    ]);
  });
});
