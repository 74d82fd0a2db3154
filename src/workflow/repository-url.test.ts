import { describe, expect, test } from 'vitest';
import { readRepositoryUrl, repositoryKey } from './repository-url.ts';

describe('the key of a repository', () => {
  test.each([
    [
      'https://github.com/Acme/Shop',
      'https://github.com/acme/shop.git',
      'https://www.github.com/acme/shop/',
      'http://github.com/acme/shop',
      'github.com/acme/shop',
      'git@github.com:acme/shop.git',
      'org-123@github.com:acme/shop',
      'ssh://git@github.com/acme/shop.git',
      'ssh://git@ssh.github.com:443/acme/shop.git',
      'git://github.com/acme/shop.git',
      ' https://github.com:443//acme/shop.git/ ',
    ],
    ['https://gitlab.com/group/sub/project', 'git@gitlab.com:group/sub/project.git'],
    ['https://git.example.com/a/b', 'ssh://git@git.example.com:2222/a/b.git'],
    ['https://dev.azure.com/org/proj/_git/repo', 'git@ssh.dev.azure.com:v3/org/proj/repo'],
    ['/srv/shop', '/srv/shop/', '/srv/shop.git', 'file:///srv/shop', 'file:///srv/shop.git/'],
    ['C:\\Work\\shop', 'c:/work/shop/'],
  ])('is the same for every spelling of %s', (...spellings) => {
    expect(new Set(spellings.map(repositoryKey)).size).toBe(1);
  });

  test('is different for different repositories', () => {
    const different = [
      'https://github.com/acme/shop',
      'https://github.com/acme/shop2',
      'https://gitlab.com/acme/shop',
      'https://git.example.com:8443/acme/shop',
      'https://git.example.com/acme/shop',
      '/srv/shop',
      '/srv/Shop',
      'https://github.com/acme/sub/shop',
    ];
    expect(new Set(different.map(repositoryKey)).size).toBe(different.length);
  });

  test.each(['', 'not an address', '%', 'https://', '::::', '#'])('of %j is something', (text) => {
    expect(typeof repositoryKey(text)).toBe('string');
  });
});

describe('an address', () => {
  test.each([
    'https://github.com/acme/shop',
    'https://github.com/acme/shop.git',
    'https://gitlab.com/group/sub/project',
    'https://dev.azure.com/org/proj/_git/repo',
    'https://git.example.com/tree/shop',
  ])('of a repository is taken: %s', (url) => {
    expect(readRepositoryUrl(url).kind).toBe('hosted');
  });

  test.each([
    [
      'https://github.com/acme/shop/tree/main',
      'https://github.com/acme/shop, and set the starting ref to "main".',
    ],
    ['https://github.com/acme/shop/tree/feature/%2312', 'set the starting ref to "feature/#12"'],
    ['https://github.com/acme/shop/blob/main/README.md', 'https://github.com/acme/shop.'],
    ['https://github.com/acme/shop/pull/12/files', 'https://github.com/acme/shop.'],
    ['https://github.com/acme/shop/anything', 'https://github.com/acme/shop.'],
    ['https://github.com/acme/shop?tab=readme', 'https://github.com/acme/shop.'],
    ['https://github.com/acme/shop#readme', 'https://github.com/acme/shop.'],
    [
      'https://gitlab.com/g/s/p/-/tree/main',
      'https://gitlab.com/g/s/p, and set the starting ref to "main"',
    ],
    [
      'https://bitbucket.org/a/b/src/main/',
      'https://bitbucket.org/a/b, and set the starting ref to "main"',
    ],
    ['https://git.example.com/a/b/issues/3', 'https://git.example.com/a/b.'],
    ['github.com/acme/shop', 'https://github.com/acme/shop.'],
    ['acme/shop', 'https://github.com/acme/shop.'],
    ['./shop', 'the full path'],
    ['../acme/shop', 'the full path'],
    ['~/shop', 'the full path'],
    ['.', 'the full path'],
    ['https://github.com//acme/shop', 'Write it as https://github.com/acme/shop.'],
    ['https://github.com/acme//shop/', 'Write it as https://github.com/acme/shop.'],
    ['https://github.com//acme/shop/tree/main', 'set the starting ref to "main"'],
    ['https://raw.githubusercontent.com/acme/shop/main/x', 'https://github.com/acme/shop.'],
    ['https://api.github.com/repos/acme/shop', 'https://github.com/acme/shop.'],
    ['https://codeload.github.com/acme/shop/zip/main', 'https://github.com/acme/shop.'],
    ['https://github.com/acme', 'https://github.com/owner/name'],
  ])('that is none is refused with what to write: %s', (url, suggestion) => {
    expect(readRepositoryUrl(url)).toEqual({
      kind: 'malformed',
      suggestion: expect.stringContaining(suggestion),
    });
  });
});
