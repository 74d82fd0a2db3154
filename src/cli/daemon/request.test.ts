import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { requestOverHttp } from './request.ts';

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server has an address and a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('sends method, headers and a non-ASCII body, and reads the response', async () => {
  await using server = await serve(async (request, response) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    response.writeHead(201, { 'X-Cerevisor-Contract': 'abc' });
    response.end(JSON.stringify([request.method, request.headers.authorization, body]));
  });
  const result = await requestOverHttp(`${server.url}/api`, {
    method: 'POST',
    headers: { authorization: 'Bearer x' },
    body: '{"name":"Prüfung ✓"}',
  });
  expect([result.ok, result.status]).toEqual([true, 201]);
  expect(result.headers.get('x-cerevisor-contract')).toBe('abc');
  expect(result.headers.get('x-other')).toBeNull();
  expect(JSON.parse(await result.text())).toEqual(['POST', 'Bearer x', '{"name":"Prüfung ✓"}']);
});

test('an error status is returned as a response', async () => {
  await using server = await serve((_request, response) => response.writeHead(503).end('busy'));
  const result = await requestOverHttp(server.url, {});
  expect([result.ok, result.status, await result.text()]).toEqual([false, 503, 'busy']);
});

test('is aborted by its signal, before the response and during it', async () => {
  await using server = await serve((request, response) => {
    if (request.url === '/begins') response.write('first');
  });
  const before = new AbortController();
  const waiting = requestOverHttp(server.url, { signal: before.signal });
  before.abort();
  await expect(waiting).rejects.toThrow('aborted');

  const within = new AbortController();
  const result = await requestOverHttp(`${server.url}/begins`, { signal: within.signal });
  const reading = result.text();
  within.abort();
  await expect(reading).rejects.toThrow('aborted');
});

test('rejects if nothing listens at the address', async () => {
  const { url } = await (async () => {
    await using server = await serve(() => undefined);
    return { url: server.url };
  })();
  await expect(requestOverHttp(url, {})).rejects.toThrow('ECONNREFUSED');
});
