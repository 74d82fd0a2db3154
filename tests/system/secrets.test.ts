import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oneAgent } from '../../testing/engine-workflows.ts';
import { API_KEY, SystemWorld } from '../../testing/system-world.ts';
import { readZip } from './zip.ts';

/** A canary instead of the key: after everything that a daemon does, it must be found nowhere. */
let world: SystemWorld;
let token: string;
beforeAll(async () => {
  world = await SystemWorld.open();
  // Every kind of trouble writes something somewhere.
  await world.fault(
    { operation: 'createAgent', nth: 1 },
    { kind: 'error', code: 'internal_error' },
  );
  await world.fault({ operation: 'streamRun', nth: 1 }, { kind: 'garbage', afterEvents: 1 });
  await world.fault({ operation: 'downloadArtifact', nth: 1 }, { kind: 'html', status: 502 });
  const sessionId = await world.begin(
    oneAgent(world.repository, ['artifact note.txt hello', 'say Done.']),
  );
  await world.settled(sessionId);
  await world.run('doctor');
  await world.run('auth', 'status');
  token = readFileSync(path.join(world.home, 'daemon-token'), 'utf8').trim();
});
afterAll(() => world.close());

/** As they may stand in a file, a header or an address. */
const spellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(`${secret}:`).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
];

function expectNone(where: string, content: Buffer | string, secrets: readonly string[]): void {
  const bytes = Buffer.from(content);
  for (const secret of secrets.flatMap(spellings)) {
    expect(bytes.includes(secret), `${where} holds a secret`).toBe(false);
  }
}

/** Null if the file or the process has gone since it was listed. */
function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry: Dirent) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

describe('neither the API key nor the token of the daemon is', () => {
  test('in a file of the data folder, except the token in its own private file', () => {
    const files = filesBelow(world.home);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const isTokenFile = path.basename(file) === 'daemon-token';
      const content = readIfThere(file);
      if (content !== null) expectNone(file, content, isTokenFile ? [API_KEY] : [API_KEY, token]);
    }
    expect(statSync(path.join(world.home, 'daemon-token')).mode & 0o777).toBe(0o600);
  });

  test.skipIf(!existsSync('/proc/self/environ'))(
    'in the environment or the command line of a child of the daemon',
    async () => {
      const contents = childrenOf(world.daemonPid).flatMap((pid) =>
        ['environ', 'cmdline'].flatMap((what) => readIfThere(`/proc/${pid}/${what}`) ?? []),
      );
      expect(contents.length).toBeGreaterThan(0);
      for (const content of contents) expectNone('a child', content, [API_KEY, token]);
      expectNone('command line', readFileSync(`/proc/${world.daemonPid}/cmdline`), [
        API_KEY,
        token,
      ]);
    },
  );

  test('in the output of commands and the responses of the API', async () => {
    for (const args of [
      ['status'],
      ['doctor'],
      ['auth', 'status'],
      ['sessions'],
      ['license', 'status'],
    ]) {
      for (const json of [[], ['--json']]) {
        const { stdout, stderr } = await world.run(...args, ...json);
        expectNone(args.join(' '), stdout + stderr, [API_KEY, token]);
      }
    }
    const { port } = JSON.parse(readFileSync(path.join(world.home, 'daemon.json'), 'utf8'));
    for (const address of ['status', 'credentials', 'preferences', 'doctor', 'openapi.json']) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/${address}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status, address).toBe(200);
      expectNone(address, await answer.text(), [API_KEY, token]);
    }
  });
});

test('an export omits the key even if an agent writes it', async () => {
  const id = await world.begin(oneAgent(world.repository, [`say My key is ${API_KEY}!`]));
  await world.settled(id);
  const file = path.join(world.folder, 'export.zip');
  expect((await world.run('export', id, '-o', file)).code).toBe(0);
  const files = readZip(readFileSync(file));
  expect(String(files.get('events.ndjson'))).toContain('[redacted]');
  for (const [name, content] of files) expectNone(name, content, [API_KEY, token]);
});

test('without the token, the API serves only its health', async () => {
  const { port } = JSON.parse(readFileSync(path.join(world.home, 'daemon.json'), 'utf8'));
  const status = async (address: string, headers: Record<string, string> = {}) =>
    (await fetch(`http://127.0.0.1:${port}${address}`, { headers })).status;
  expect(await status('/health')).toBe(200);
  expect(await status('/api/sessions')).toBe(401);
  expect(await status('/api/sessions', { authorization: `Bearer ${token}x` })).toBe(401);
});

function childrenOf(pid: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const afterName = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1) ?? '';
        return Number(afterName.split(' ')[1]) === pid;
      } catch {
        return false; // It has ended between the two looks.
      }
    });
}
