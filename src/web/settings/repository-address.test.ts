import { expect, test } from 'vitest';
import { repositoryAddressProblem } from './repository-address.ts';

const existing = new Set(['https://github.com/acme/shop']);

test('an address that can be a target is not refused', () => {
  for (const text of [
    'https://github.com/acme/app',
    ' https://git.example.org/a/b/c ',
    '/srv/shop',
  ])
    expect(repositoryAddressProblem(text, existing), text).toBeNull();
});

test('whatever cannot be one is refused with what is wrong, and with what to do', () => {
  for (const text of ['not a url', 'shop', 'acme/app', 'ftp://x/y/z', 'https://github.com'])
    expect(repositoryAddressProblem(text, existing), text).toMatchObject({
      message: expect.stringContaining(text),
      suggestion: expect.stringContaining('https://'),
    });
  expect(
    repositoryAddressProblem('https://me:secret@github.com/acme/app', existing)?.message,
  ).not.toContain('secret@');
});

test('nothing, and what is there already, are told apart from that', () => {
  expect(repositoryAddressProblem('  ', existing)?.message).toMatch(/^Enter/);
  expect(repositoryAddressProblem(' https://github.com/acme/shop ', existing)?.message).toContain(
    'already',
  );
});
