import { expect, test } from 'vitest';
import { refusalOf } from './address-refusal.ts';

const chosen = new Set(['https://github.com/acme/shop']);

test('an address that can be a target is not refused', () => {
  for (const text of [
    'https://github.com/acme/app',
    ' https://git.example.org/a/b/c ',
    '/srv/shop',
  ])
    expect(refusalOf(text, chosen), text).toBeNull();
});

test('whatever cannot be one is refused with what is wrong, and with what to do', () => {
  for (const text of ['not a url', 'shop', 'acme/app', 'ftp://x/y/z', 'https://github.com'])
    expect(refusalOf(text, chosen), text).toMatchObject({
      message: expect.stringContaining(text),
      suggestion: expect.stringContaining('https://'),
    });
  expect(refusalOf('https://me:secret@github.com/acme/app', chosen)?.message).not.toContain(
    'secret@',
  );
});

test('nothing, and what is there already, are told apart from that', () => {
  expect(refusalOf('  ', chosen)?.message).toMatch(/^Enter/);
  expect(refusalOf(' https://github.com/acme/shop ', chosen)?.message).toContain('already');
});
