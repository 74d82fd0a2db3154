import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { enterThreadCgroup, removeThreadCgroup } from './thread-cgroup.ts';

test('a process that has exited before it enters is no error', async () => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  const threadId = `exited-${child.pid}`;
  expect(await enterThreadCgroup(threadId, child.pid ?? 0)).toBe(false);
  await removeThreadCgroup(threadId);
});

test('removing a cgroup that does not exist is no error', async () => {
  await expect(removeThreadCgroup('never-made')).resolves.toBeUndefined();
});
