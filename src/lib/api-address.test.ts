import { expect, it } from 'vitest';
import { addressWithVersion } from './api-address.ts';

it.each([
  ['http://localhost:11434', 'http://localhost:11434/v1'],
  ['http://localhost:11434/', 'http://localhost:11434/v1'],
  ['https://host.example/api', 'https://host.example/api/v1'],
  ['http://localhost:11434/v1', null],
  ['https://host.example/v1beta/openai', null],
  ['not an address', null],
])('%s becomes %s', (address, expected) => expect(addressWithVersion(address)).toBe(expected));
