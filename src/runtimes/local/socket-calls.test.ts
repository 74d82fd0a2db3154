import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { SocketCalls } from './socket-calls.ts';

const listen = async (address: string, name: string): Promise<Server> => {
  const server = createServer((_, response) => response.end(JSON.stringify(name)));
  await new Promise<void>((resolve) => server.listen(address, resolve));
  return server;
};

test.skipIf(process.platform === 'win32')(
  'a runner that took over the address of an older one is reached even while the older one is running',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'socket-calls-'));
    const address = join(folder, 'runner.sock');
    const older = await listen(address, 'older');
    const calls = new SocketCalls();
    const call = () =>
      calls.call({ address, secret: 'x' }, { method: 'GET', path: '/v1/runner' }, z.string());
    expect(await call()).toEqual({ ok: true, value: 'older' });
    await sleep(50); // The connection is free again.
    expect(await call()).toEqual({ ok: true, value: 'older' });
    await sleep(50);
    renameSync(address, join(folder, 'runner-1.sock'));
    const newer = await listen(address, 'newer');
    calls.forget(address);
    expect(await call()).toEqual({ ok: true, value: 'newer' });
    await calls.close();
    for (const server of [older, newer]) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  },
);
