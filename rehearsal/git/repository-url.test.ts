import { describe, expect, it } from 'vitest';
import {
  folderNameOf,
  invalidUrlReason,
  isSameRepository,
  locationOf,
  withoutScheme,
} from './repository-url.ts';

describe('repository addresses', () => {
  it.each([
    'https://github.com/o/r',
    'git@github.com:o/r.git',
    'ssh://git@host/o/r',
    'file:///tmp/r',
    '/tmp/r',
    'github.com/o/r',
  ])('accepts %s', (url) => expect(invalidUrlReason(url)).toBeUndefined());

  it.each([
    '--upload-pack=id',
    'ext::sh -c id',
    'ftp://host/r',
    'https://user:secret@host/r',
    'relative/path',
    '/tmp/a\nb',
  ])('refuses %j', (url) => expect(invalidUrlReason(url)).toBeTypeOf('string'));

  it.each([
    ['https://github.com/o/r.git', 'github.com/o/r'],
    ['https://me@github.com/o/r', 'github.com/o/r'],
    ['git@github.com:o/r.git', 'github.com/o/r'],
    ['file:///tmp/r.git', '/tmp/r.git'],
    ['/tmp/r', '/tmp/r'],
  ])('writes %s without scheme as %s', (url, expected) =>
    expect(withoutScheme(url)).toBe(expected),
  );

  it.each([
    ['https://github.com/o/r', 'https://github.com/o/r.git', true],
    ['https://github.com/o/r', 'github.com/o/r', true],
    ['https://github.com/o/r/', 'git@github.com:o/r.git', true],
    ['https://GitHub.com/O/r', 'https://github.com/o/r', true],
    ['https://github.com/o/r', 'https://github.com/o/r2', false],
    ['/tmp/r', '/tmp/R', false],
  ])('compares %s with %s', (one, other, expected) =>
    expect(isSameRepository(one, other)).toBe(expected),
  );

  it('resolves the location for git and the folder name of a clone', () => {
    expect(locationOf('file:///tmp/a%20b')).toBe('/tmp/a b');
    expect(locationOf('github.com/o/r')).toBe('https://github.com/o/r');
    expect(folderNameOf('git@github.com:o/my.repo.git')).toBe('my.repo');
    expect(folderNameOf('/')).toBe('repository');
  });
});
