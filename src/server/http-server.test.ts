import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { listen } from './http-server.ts';

test.each(['0.0.0.0', '::', '192.168.1.4', 'example.com'])(
  'refuses to listen on %s',
  async (hostname) => {
    const outcome = await listen({ hostname, port: 0, isPortExact: false });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'bind_refused' } });
  },
);

test('uses a free port if the default one is taken, but fails if the port was requested explicitly', async () => {
  const other = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const exact = await listen({ port: address.port, isPortExact: true });
  expect(exact).toMatchObject({ ok: false, error: { code: 'port_taken' } });
  const usual = await listen({ port: address.port, isPortExact: false });
  if (!usual.ok) throw new Error(usual.error.message);
  expect(usual.value.port).not.toBe(address.port);
  await usual.value.close();
  await new Promise((resolve) => other.close(resolve));
});

test('responds that it is starting until a handler is set', async () => {
  const outcome = await listen({ port: 0, isPortExact: true });
  if (!outcome.ok) throw new Error(outcome.error.message);
  const { port, setHandler, close } = outcome.value;
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(503);
  setHandler(() => new Response('ready'));
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('ready');
  await close();
});

test('reports if the port is used by another Cerevisor', async () => {
  const first = await listen({ port: 0, isPortExact: true });
  if (!first.ok) throw new Error(first.error.message);
  const { port, setHandler, close } = first.value;
  setHandler(() => Response.json({ isLoggedIn: false, command: 'cerevisor' }));
  const second = await listen({ port, isPortExact: true });
  expect(second).toMatchObject({
    ok: false,
    error: { message: `Port ${port} is used by Cerevisor for another home folder.` },
  });
  await close();
});
