import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { isAlive } from '../../src/lib/process.ts';
import { runCommand, temporaryHome } from '../../testing/command-line.ts';
import { openOrThrow } from '../../testing/journal.ts';

/** The daemon runs in a process of its own: what it says against its start has to reach whoever started it. */
const errorOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout).error;

test('a port in use keeps its code, its advice and its exit code, and starts no rehearsal cloud', async () => {
  using home = temporaryHome();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const refused = await runCommand(home.folder, ['start', '--port', `${address.port}`, '--json']);
  expect(errorOf(refused)).toMatchObject({
    code: 'port_taken',
    message: `Port ${address.port} is used by another program.`,
    suggestion: expect.stringContaining('--port'),
  });
  expect(refused.code).toBe(5);
  expect(existsSync(path.join(home.folder, 'rehearsal'))).toBe(false);
  other.close();
});

test('an invalid CEREVISOR_PORT is a usage error of every command that starts the daemon', async () => {
  using home = temporaryHome();
  const environment = { CEREVISOR_PORT: 'eighty' };
  for (const command of ['start', 'sessions']) {
    const refused = await runCommand(home.folder, [command, '--json'], { environment });
    expect(errorOf(refused)).toMatchObject({ code: 'invalid_port' });
    expect(refused.code).toBe(2);
  }
});

test('a database of a later version results in the advice to update', async () => {
  using home = temporaryHome();
  openOrThrow({ home: home.folder }).close();
  const journal = new DatabaseSync(path.join(home.folder, 'cerevisor-cloud-runs.db'));
  journal.exec('PRAGMA user_version = 99; CREATE TABLE later (id INTEGER)');
  journal.close();
  const refused = await runCommand(home.folder, ['start', '--json']);
  expect(errorOf(refused)).toMatchObject({
    code: 'later_version',
    suggestion: expect.stringContaining('Update Cerevisor'),
  });
  expect(refused.code).toBe(5);
});

test('a data folder that is locked by another process is reported', async () => {
  using home = temporaryHome();
  const started = await runCommand(home.folder, ['start', '--port', '0', '--json'], offline);
  const { pid } = JSON.parse(started.stdout);
  // Its address is lost, so that it cannot be found; its lock is not.
  writeFileSync(path.join(home.folder, 'daemon.json'), '{');
  const refused = await runCommand(home.folder, ['start', '--json'], offline);
  expect(errorOf(refused)).toMatchObject({ code: 'locked' });
  expect(refused.code).toBe(5);
  process.kill(pid, 'SIGTERM');
  await expect.poll(() => isAlive(pid)).toBe(false);
});

/** No rehearsal cloud, which would outlive the test. */
const offline = {
  environment: { CURSOR_BACKEND_URL: 'http://127.0.0.1:9', CURSOR_API_KEY: 'crsr_test' },
};
