import { expect, it } from 'vitest';
import { toMcpServers } from './mcp-servers.ts';

it.each([
  [undefined, undefined],
  [[], undefined],
  [[{ name: 'docs', url: 'https://e.com' }], { docs: { url: 'https://e.com' } }],
  [{ docs: { command: 'npx' } }, { docs: { command: 'npx' } }],
])('converts %j to %j for the SDK', (value, servers) => {
  expect(toMcpServers(value)).toEqual({ ok: true, servers });
});

it.each([['text'], [[{ url: 'https://e.com' }]], [[{ name: 'a' }, { name: 'a' }]]])(
  'rejects %j instead of dropping it',
  (value) => {
    expect(toMcpServers(value)).toMatchObject({
      ok: false,
      failure: { error: { code: 'invalid_request' } },
    });
  },
);
