import { expect, test } from 'vitest';
import { repositoryAddressProblem } from './repository-address.ts';

const existing = new Set(['https://github.com/acme/shop']);

test('accepts addresses that can be a target', () => {
  for (const text of [
    'https://github.com/acme/app',
    ' https://git.example.org/a/b/c ',
    '/srv/shop',
  ])
    expect(repositoryAddressProblem(text, existing), text).toBeNull();
});

test('rejects other text with a reason and a suggestion', () => {
  for (const text of ['not a url', 'shop', 'acme/app', 'ftp://x/y/z', 'https://github.com'])
    expect(repositoryAddressProblem(text, existing), text).toMatchObject({
      message: expect.stringContaining(text),
      suggestion: expect.stringContaining('https://'),
    });
  expect(
    repositoryAddressProblem('https://me:secret@github.com/acme/app', existing)?.message,
  ).not.toContain('secret@');
});

test('has its own messages for empty text and for an existing target', () => {
  expect(repositoryAddressProblem('  ', existing)?.message).toMatch(/^Enter/);
  expect(repositoryAddressProblem(' https://github.com/acme/shop ', existing)?.message).toContain(
    'already',
  );
});
