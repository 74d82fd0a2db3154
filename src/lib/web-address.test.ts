import { expect, test } from 'vitest';
import { webAddressOf } from './web-address.ts';

test.each([
  ['git@github.com:acme/shop.git', 'https://github.com/acme/shop'],
  ['github.com:acme/shop', 'https://github.com/acme/shop'],
  ['git@gitlab.com:group/sub/shop.git', 'https://gitlab.com/group/sub/shop'],
  ['git@host.example:/acme/shop.git/', 'https://host.example/acme/shop'],
  ['ssh://git@github.com/acme/shop.git', 'https://github.com/acme/shop'],
  ['ssh://git@ssh.github.com:443/acme/shop.git', 'https://github.com/acme/shop'],
  ['ssh://git@gitlab.example.com:2222/group/shop', 'https://gitlab.example.com/group/shop'],
  ['git@ssh.dev.azure.com:v3/acme/store/shop', 'https://dev.azure.com/acme/store/_git/shop'],
  ['https://acme@dev.azure.com/acme/store/_git/shop', 'https://dev.azure.com/acme/store/_git/shop'],
  ['https://github.com/acme/shop.git', 'https://github.com/acme/shop'],
  ['https://me:secret@github.com/acme/shop', 'https://github.com/acme/shop'],
  ['https://git.example.com:8443/acme/shop/', 'https://git.example.com:8443/acme/shop'],
  ['git://github.com/acme/shop', 'https://github.com/acme/shop'],
])('maps %s to %s', (remote, address) => {
  expect(webAddressOf(remote)).toBe(address);
});

test.each([
  '',
  '/srv/git/shop.git',
  '../shop',
  'file:///srv/git/shop.git',
  'C:\\repos\\shop',
  'work:acme/shop',
  'ssh://work/acme/shop',
  'http://host.example/acme/shop',
  'https://github.com/shop',
  'ext::sh -c whatever',
])('does not map "%s", which only this machine can resolve', (remote) => {
  expect(webAddressOf(remote)).toBeNull();
});
