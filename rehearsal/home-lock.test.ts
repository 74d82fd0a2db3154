import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../testing/test-folder.ts';
import { HomeInUse, lockHome, readInstance } from './home-lock.ts';
import { startRehearsal } from './server.ts';

const newHome = () => join(testFolder(), 'rehearsal');
const instance = { url: 'http://127.0.0.1:1', port: 1, pid: 2 };

it('is locked once, names the process that holds it, and is free after its release', () => {
  const home = newHome();
  const lock = lockHome(home);
  lock.publish(instance);
  expect(() => lockHome(home)).toThrow(HomeInUse);
  expect(() => lockHome(home)).toThrow('http://127.0.0.1:1 (process 2)');
  lock.release();
  expect(readInstance(home)).toBeUndefined();
  lockHome(home).release();
});

it('is released if the start fails', async () => {
  const home = newHome();
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const address = blocker.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(startRehearsal({ home, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  blocker.close();
  await (await startRehearsal({ home, idleMinutes: 0 })).close();
});
