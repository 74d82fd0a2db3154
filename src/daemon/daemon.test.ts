import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lastingPort } from '../../testing/lasting-port.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import { createClient } from '../contract/client.ts';
import { readDaemonFile } from '../settings/daemon-file.ts';
import type { Keychain } from '../settings/keychain.ts';
import { type DaemonOptions, startDaemon } from './daemon.ts';

const noKeychain: Keychain = {
  read: async () => ({ ok: true, value: null }),
  write: async () => ({ ok: false, reason: 'there is none' }),
  remove: async () => ({ ok: true, value: null }),
};
const key = 'crsr_0123456789abcdef0123456789abcdef';
/** An unreachable backend: the daemon must start anyway. */
const environment = { CURSOR_BACKEND_URL: 'http://127.0.0.1:9', CURSOR_API_KEY: key };

function temporaryHome(): { home: string } & Disposable {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-daemon-'));
  return { home, [Symbol.dispose]: () => removeFolder(home) };
}

async function startIn(home: string, options: Partial<DaemonOptions> = {}) {
  const started = await startDaemon({
    home,
    port: 0,
    environment,
    keychain: () => noKeychain,
    ...options,
  });
  if (!started.ok) throw new Error(`${started.error.code}: ${started.error.message}`);
  return started.value;
}

const tokenIn = (home: string): string => readFileSync(join(home, 'daemon-token'), 'utf8').trim();

test('starts all parts, publishes its address, and cleans up when it stops', async () => {
  using folder = temporaryHome();
  const { home } = folder;
  const daemon = await startIn(home);
  expect(readDaemonFile(home)).toMatchObject({ port: daemon.port, pid: process.pid });
  for (const file of ['daemon.json', 'daemon-token', 'daemon.log']) {
    expect(statSync(join(home, file)).mode & 0o777, file).toBe(0o600);
  }
  const client = createClient({
    baseUrl: daemon.address,
    identity: { kind: 'token', token: tokenIn(home) },
  });
  const status = await client.status();
  expect(status).toMatchObject({
    home,
    license: { tier: 'trial' },
    backend: { kind: 'rehearsal' },
  });
  expect((await client.credentials()).source).toBe('environment');
  expect((await client.doctor()).checks.map(({ name }) => name)).toContain('Disk space');
  await daemon.stop();
  expect(readDaemonFile(home)).toBeNull();
  await expect(client.health()).rejects.toMatchObject({ code: 'daemon_unreachable' });
  expect(readFileSync(join(home, 'daemon.log'), 'utf8')).not.toContain(key);
});

test('is the only daemon of its home folder', async () => {
  using folder = temporaryHome();
  const daemon = await startIn(folder.home);
  const token = tokenIn(folder.home);
  const second = await startDaemon({ home: folder.home, environment, keychain: () => noKeychain });
  expect(second).toMatchObject({ ok: false, error: { code: 'locked' } });
  expect(tokenIn(folder.home)).toBe(token);
  await daemon.stop();
});

test('leaves no part of it running if its port is taken', async () => {
  using folder = temporaryHome();
  // It accepts connections, but does not respond.
  const other = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const refused = await startDaemon({
    home: folder.home,
    // Without a key, it would start a rehearsal cloud, which outlives the daemon.
    environment: { CEREVISOR_PORT: String(address.port) },
    keychain: () => noKeychain,
  });
  expect(refused).toMatchObject({ ok: false, error: { code: 'port_taken' } });
  expect(readDaemonFile(folder.home)).toBeNull();
  expect(existsSync(join(folder.home, 'rehearsal'))).toBe(false);
  const daemon = await startIn(folder.home);
  await daemon.stop();
  await new Promise((resolve) => other.close(resolve));
});

test('rejects an invalid port', async () => {
  using folder = temporaryHome();
  const refused = await startDaemon({
    home: folder.home,
    environment: { ...environment, CEREVISOR_PORT: 'eighty' },
    keychain: () => noKeychain,
  });
  expect(refused).toMatchObject({ ok: false, error: { code: 'invalid_port' } });
});

test('keeps browsers logged in, and its address, after a restart', async () => {
  using folder = temporaryHome();
  const first = await startIn(folder.home, { port: await lastingPort() });
  const code = first.newLoginUrl().split('#login=')[1];
  const login = await fetch(`${first.address}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  await first.stop();
  const second = await startIn(folder.home, { port: first.port });
  const status = await fetch(`${second.address}/api/status`, { headers: { cookie } });
  expect(status.status).toBe(200);
  await second.stop();
});

test('stops when a client requests it', async () => {
  using folder = temporaryHome();
  const daemon = await startIn(folder.home);
  const client = createClient({
    baseUrl: daemon.address,
    identity: { kind: 'token', token: tokenIn(folder.home) },
  });
  expect(await client.stop()).toEqual({ stopping: true });
  await daemon.stopRequested;
  await daemon.stop();
});
