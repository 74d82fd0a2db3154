import { expect, test } from 'vitest';
import { createClient } from './client.ts';

const answering = (body: string, status: number) =>
  createClient({
    baseUrl: 'http://daemon.invalid',
    identity: { kind: 'token', token: 'x' },
    fetch: async () => new Response(body, { status }),
  });

test.each([
  ['a web page', '<h1>Hello</h1>', 200],
  ['nothing', '', 200],
  ['a web page about an error', '<h1>Bad gateway</h1>', 502],
  ["somebody else's JSON about an error", '{"error":"no"}', 404],
])('%s is known to come from another program', async (_, body, status) => {
  await expect(answering(body, status).status()).rejects.toMatchObject({ code: 'not_cerevisor' });
});

test('an answer of another shape asks for a restart with this version', async () => {
  await expect(answering('{"version":1}', 200).status()).rejects.toMatchObject({
    code: 'other_version',
    suggestion: expect.stringContaining('cerevisor stop'),
  });
});
