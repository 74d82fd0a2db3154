import { expect, test } from 'vitest';
import { requestSummary } from './request-text.ts';

const write = (path: string, folder = '/w/shop') =>
  requestSummary({
    requestId: 'request-1',
    category: 'filesystem-write',
    tool: 'Write',
    path,
    folder,
  });

test('a file in the working folder is shown by its relative path, any other in full', () => {
  expect(write('/w/shop/notes/a.md')).toBe('wants to write: notes/a.md');
  expect(write('/w/shop/notes/a.md', '/w/shop/')).toBe('wants to write: notes/a.md');
  expect(write('notes/a.md')).toBe('wants to write: notes/a.md');
  expect(write('/w/shopping/a.md')).toBe('wants to write: /w/shopping/a.md');
  expect(write('/w/shop/../secret')).toBe('wants to write: /w/shop/../secret');
  expect(write('/w/shop')).toBe('wants to write: /w/shop');
  expect(write('/etc/hosts', '/')).toBe('wants to write: etc/hosts');
  expect(write(String.raw`C:\shop\a.md`, String.raw`C:\shop`)).toBe('wants to write: a.md');
});
