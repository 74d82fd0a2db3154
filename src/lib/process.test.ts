import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { activityOf, identityOf, isAlive, isRunning, isSuspended } from './process.ts';

test('recognizes a process, and does not confuse it with another one that has the same pid', () => {
  const own = identityOf(process.pid);
  expect(isRunning(own)).toBe(true);
  expect(isRunning({ pid: process.pid })).toBe(true);
  expect(isRunning({ ...own, began: 'before the last start of the machine 17' })).toBe(false);
  expect(isRunning(identityOf(process.ppid))).toBe(true);
});

test('detects that a process has exited', async () => {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  const identity = identityOf(child.pid ?? 0);
  await once(child, 'exit');
  expect(isRunning(identity)).toBe(false);
  expect(isAlive(identity.pid)).toBe(false);
  expect(activityOf(identity.pid)).toBe(null);
});

test.skipIf(process.platform === 'win32')(
  'distinguishes a suspended process from a working one',
  async () => {
    const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    const before = activityOf(pid);
    await expect.poll(() => activityOf(pid)).not.toBe(before);
    expect(isSuspended(pid)).toBe(false);
    child.kill('SIGSTOP');
    await expect.poll(() => isSuspended(pid)).toBe(true);
    expect(isRunning(identityOf(pid))).toBe(true);
    child.kill('SIGKILL');
  },
);
