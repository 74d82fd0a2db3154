import { afterEach, describe, expect, test, vi } from 'vitest';
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
  ['JSON with another error format', '{"error":"no"}', 404],
])('recognizes that %s comes from another program', async (_, body, status) => {
  await expect(answering(body, status).status()).rejects.toMatchObject({ code: 'not_cerevisor' });
});

test('a response in another format leads to the suggestion to restart with this version', async () => {
  await expect(answering('{"version":1}', 200).status()).rejects.toMatchObject({
    code: 'other_version',
    suggestion: expect.stringContaining('cerevisor stop'),
  });
});

describe('a built client', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  const builtClient = async (ownFingerprint: string, daemonFingerprint: string) => {
    vi.stubGlobal('CONTRACT_FINGERPRINT', ownFingerprint);
    vi.resetModules();
    const built = await import('./client.ts');
    return built.createClient({
      baseUrl: 'http://daemon.invalid',
      identity: { kind: 'token', token: 'x' },
      fetch: async () =>
        new Response('{"version":"1","fromLater":true}', {
          headers: { 'x-cerevisor-contract': daemonFingerprint },
        }),
    });
  };

  test('does not check the responses of a daemon from the same build', async () => {
    const client = await builtClient('one', 'one');
    await expect(client.status()).resolves.toEqual({ version: '1', fromLater: true });
  });

  test('checks the responses of any other daemon', async () => {
    const client = await builtClient('one', 'two');
    await expect(client.status()).rejects.toMatchObject({ code: 'other_version' });
  });
});

test('an error includes valid problems and candidates only', async () => {
  const body = {
    error: {
      code: 'ambiguous_session',
      message: 'Which one?',
      suggestion: 'Say more of it.',
      candidates: ['s_1', 's_2', 3],
      problems: [
        { code: 'a', severity: 'error', message: 'b', path: ['agents', 0], pointer: 'agents[0]' },
        'nonsense',
      ],
    },
  };
  await expect(answering(JSON.stringify(body), 409).status()).rejects.toMatchObject({
    status: 409,
    code: 'ambiguous_session',
    suggestion: 'Say more of it.',
    candidates: ['s_1', 's_2'],
    problems: [{ code: 'a', pointer: 'agents[0]' }],
  });
});
