import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSdkHost, type SdkHost } from '../../src/runtimes/cursor-cloud/sdk-host/client.ts';
import { killProcess } from '../../testing/kill-process.ts';
import {
  agentId,
  answer,
  runId,
  type ScriptedCloud,
  startScriptedCloud,
} from './scripted-cloud.ts';

const KEY = 'crsr_only_over_ipc';
let cloud: ScriptedCloud;
let host: SdkHost;
let log: string[];

const start = (fields: Partial<Parameters<typeof createSdkHost>[0]> = {}) =>
  createSdkHost({
    backendUrl: cloud.url,
    clock: Date.now,
    log: (line) => void log.push(line),
    ...fields,
  });
const me = () => host.call<'me'>(KEY, { name: 'me' });
const cancel = () => host.call<'cancel'>(KEY, { name: 'cancel', agentId, runId });

/** The script of a request that is never answered, and a promise for its arrival. */
function hang(prefix: string): Promise<void> {
  return new Promise((resolve) => cloud.on(prefix, () => resolve()));
}

beforeEach(async () => {
  cloud = await startScriptedCloud();
  cloud.on('GET /v1/me', (_, response) => answer(response, 200, { apiKeyName: 'k' }));
  log = [];
});
afterEach(async () => {
  await host.close();
  await cloud.close();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process: exactly what is asked here
  }
}

describe('the SDK host', () => {
  it('keeps the key out of the arguments and the environment of the child', async () => {
    process.env.CURSOR_API_KEY = KEY;
    process.env.SOME_TOKEN = 'not for the child';
    try {
      host = start();
      await me();
      const pid = host.pid();
      // /proc tells what every program of this user could read.
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      const names = environment.split('\0').map((entry) => entry.split('=')[0]);
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(KEY);
      expect(environment).not.toContain(KEY);
      expect(names.filter(Boolean).filter((name) => !name?.startsWith('NODE_CHANNEL'))).toEqual(
        expect.arrayContaining(['PATH', 'HOME', 'CURSOR_BACKEND_URL']),
      );
      expect(names).not.toContain('SOME_TOKEN');
    } finally {
      delete process.env.CURSOR_API_KEY;
      delete process.env.SOME_TOKEN;
    }
  });

  it('does not start before it is needed, and stays for the next call', async () => {
    host = start();
    expect(host.pid()).toBeUndefined();
    await me();
    const pid = host.pid();
    await me();
    expect(host.pid()).toBe(pid);
  });

  it('fails every open call when it crashes, and is restarted for the next call', async () => {
    host = start();
    await me();
    const arrived = hang('POST /v1/agents');
    const open = [cancel(), cancel()];
    await arrived;
    const pid = host.pid();
    killProcess(pid);
    expect(await Promise.all(open)).toEqual([
      { ok: false, failure: { kind: 'died' } },
      { ok: false, failure: { kind: 'died' } },
    ]);
    expect(await me()).toMatchObject({ ok: true });
    expect(host.pid()).not.toBe(pid);
  });

  it('is not restarted after too many crashes, and reports for how long', async () => {
    let now = 0;
    host = start({
      clock: () => now,
      breaker: { maxCrashes: 2, windowMs: 60_000, pauseMs: 30_000 },
    });
    for (let crash = 0; crash < 2; crash += 1) {
      await me();
      const arrived = hang('POST /v1/agents');
      const open = cancel();
      await arrived;
      killProcess(host.pid());
      await open;
    }
    expect(await me()).toMatchObject({
      ok: false,
      failure: { kind: 'refused', retryAfterMs: 30_000 },
    });
    now = 30_000;
    expect(await me()).toMatchObject({ ok: true });
  });

  it('times out a call without a response, lets others finish, and then replaces the host', async () => {
    host = start({ deadlinesMs: { cancel: 300 } });
    await me();
    const pid = host.pid();
    void hang('POST /v1/agents');
    let release: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => {
      cloud.on('GET /v1/models', (_, response) => {
        release = () => answer(response, 200, { items: [] });
        resolve();
      });
    });
    const slow = host.call<'models'>(KEY, { name: 'models' });
    await asked;
    // Only now, so that the host has another open call when the deadline passes, even if the request has not left by then.
    const stuck = cancel();
    expect(await stuck).toEqual({ ok: false, failure: { kind: 'deadline', deadlineMs: 300 } });
    release?.();
    expect(await slow).toMatchObject({ ok: true, value: [] });
    await me();
    expect(host.pid()).not.toBe(pid);
  });

  it('is gone after close', async () => {
    host = start();
    await me();
    const pid = host.pid() ?? 0;
    await host.close();
    expect(isAlive(pid)).toBe(false);
    expect(await me()).toMatchObject({ ok: false, failure: { kind: 'refused' } });
  });

  it('leaves the TLS settings of this process alone', async () => {
    host = start();
    await me();
    expect(process.env.NODE_TLS_REJECT_UNAUTHORIZED).toBeUndefined();
  });

  it('is not delayed forever by a token exchange that hangs', async () => {
    void hang('POST /auth/exchange_user_api_key');
    host = start();
    expect(await me()).toMatchObject({ ok: true });
  });
});
