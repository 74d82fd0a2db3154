import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { removeFolder } from '../../../testing/remove-folder.ts';
import { identityOf } from '../../lib/process.ts';
import { endProcessTree, signalProcess } from './end-process-tree.ts';
import type { ProcessRow } from './process-row.ts';
import { readProcesses } from './process-table.ts';
import {
  cgroupMount,
  enterThreadCgroup,
  removeThreadCgroup,
  threadOfCgroup,
} from './thread-cgroup.ts';

const hosts: ChildProcess[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.kill('SIGKILL');
  for (const folder of folders.splice(0)) removeFolder(folder);
});

function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cerevisor-detached-')));
  folders.push(folder);
  return folder;
}

/** A host that waits for a line of input, and then starts a fully detached process in the folder. */
async function hostIn(folder: string) {
  const script = 'read word; (env -i setsid sleep 1000 >/dev/null 2>&1 &); echo done; read word';
  const child = spawn('sh', ['-c', script], {
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  hosts.push(child);
  await once(child, 'spawn');
  const identity = identityOf(child.pid ?? 0);
  return {
    identity,
    request: { root: identity, exclusiveFolder: { path: folder, since: identity.began ?? '' } },
    async startDetached() {
      child.stdin.write('go\n');
      await once(child.stdout, 'data');
    },
  };
}

const sleepersIn = (rows: readonly ProcessRow[], folder: string) =>
  rows.filter(({ detachedFolder, name }) => detachedFolder === folder && name === 'sleep');

const system = {
  readProcesses,
  signal: signalProcess,
  sleep: (ms: number) => sleep(ms),
  now: () => performance.now(),
  ownPid: process.pid,
};

test.skipIf(process.platform !== 'linux')(
  'a detached process is ended with the thread whose folder it works in',
  async () => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    const bystander = await hostIn(other);
    await bystander.startDetached();
    const host = await hostIn(folder);
    await host.startDetached();
    for (const one of [folder, other])
      await expect.poll(async () => sleepersIn(await readProcesses(), one)).toHaveLength(1);
    const request = { threadId: 'agent-detached', ...host.request };
    expect(await endProcessTree(system, request)).toEqual([]);
    const rows = await readProcesses();
    expect(sleepersIn(rows, folder)).toEqual([]);
    expect(sleepersIn(rows, other)).toHaveLength(1);
    await endProcessTree(system, { threadId: 'agent-other', ...bystander.request });
  },
);

test('a detached process is found by the cgroup of its thread, where cgroups are available', async ({
  skip,
}) => {
  const folder = temporaryFolder();
  const host = await hostIn(folder);
  const threadId = `agent-test-${process.pid}`;
  if (!(await enterThreadCgroup(threadId, host.identity.pid))) skip();
  await host.startDetached();
  const members = async () =>
    (await readProcesses()).filter((row) => row.threadId === threadId).map(({ name }) => name);
  await expect.poll(members).toEqual(expect.arrayContaining(['sh', 'sleep']));
  expect(await endProcessTree(system, { threadId, root: null })).toEqual([]);
  expect(await members()).toEqual([]);
  await removeThreadCgroup(threadId);
});

test('the thread id is read from the innermost cgroup of version 2 that names one', () => {
  expect(threadOfCgroup('4:memory:/cerevisor-agent-1\n0::/user.slice/cerevisor-agent-2\n')).toBe(
    'agent-2',
  );
  expect(threadOfCgroup('0::/cerevisor-agent-1/app.scope/cerevisor-agent-2/x')).toBe('agent-2');
  expect(threadOfCgroup('0::/user.slice')).toBeNull();
  expect(threadOfCgroup('')).toBeNull();
});

test('the cgroup tree is found only where all of it is mounted', () => {
  const part = '31 24 0:27 /docker/abc /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw';
  const whole = '32 24 0:27 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw,nsdelegate';
  expect(cgroupMount(`${part}\n${whole}\n`)).toBe('/sys/fs/cgroup/unified');
  expect(cgroupMount(part)).toBeNull();
  expect(cgroupMount('')).toBeNull();
});
