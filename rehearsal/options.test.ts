import { expect, it } from 'vitest';
import { parseRepository } from './options.ts';

it.each([
  ['https://github.com/o/r', { url: 'https://github.com/o/r' }],
  ['/tmp/r', { url: '/tmp/r' }],
  ['/tmp/a=b', { url: '/tmp/a=b' }],
  ['https://github.com/o/r=/tmp/r', { url: 'https://github.com/o/r', location: '/tmp/r' }],
  ['github.com/o/r=/tmp/r', { url: 'github.com/o/r', location: '/tmp/r' }],
])('reads --repo %s', (text, expected) => {
  expect(parseRepository(text)).toEqual(expected);
});
