import { expect, it } from 'vitest';
import { parseModel, parseRepository } from './options.ts';

it.each([
  ['https://github.com/o/r', { url: 'https://github.com/o/r' }],
  ['/tmp/r', { url: '/tmp/r' }],
  ['/tmp/a=b', { url: '/tmp/a=b' }],
  ['https://github.com/o/r=/tmp/r', { url: 'https://github.com/o/r', location: '/tmp/r' }],
  ['github.com/o/r=/tmp/r', { url: 'github.com/o/r', location: '/tmp/r' }],
])('reads --repo %s', (text, expected) => {
  expect(parseRepository(text)).toEqual(expected);
});

it.each([
  ['gpt-7', { id: 'gpt-7' }],
  [
    'gpt-7 reasoning=low,high fast=true',
    {
      id: 'gpt-7',
      parameters: [
        { id: 'reasoning', values: ['low', 'high'] },
        { id: 'fast', values: ['true'] },
      ],
    },
  ],
  ['gpt-7 reasoning', undefined],
  ['gpt-7 reasoning=', undefined],
  ['reasoning=low', undefined],
  ['', undefined],
])('reads --model %j', (text, expected) => {
  expect(parseModel(text)).toEqual(expected);
});
