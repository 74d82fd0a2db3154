import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive, isSuspended } from '../../src/lib/process.ts';
import {
  type CommandResult,
  type Home,
  runCommand,
  temporaryHome,
} from '../../testing/command-line.ts';

/** A daemon that is suspended stands for one that a busy machine lets wait: it runs, and answers nobody. */
let home: Home;
let pid: number;
const cerevisor = (...args: string[]): Promise<CommandResult> =>
  runCommand(home.folder, args, offline);
/** No rehearsal cloud, which would outlive the test. */
const offline = {
  environment: { CURSOR_BACKEND_URL: 'http://127.0.0.1:9', CURSOR_API_KEY: 'crsr_test' },
};

beforeEach(async () => {
  home = temporaryHome();
  pid = JSON.parse((await cerevisor('start', '--port', '0', '--json')).stdout).pid;
});

afterEach(async () => {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await expect.poll(() => isAlive(pid)).toBe(false);
  home[Symbol.dispose]();
});

async function suspend(): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await expect.poll(() => isSuspended(pid)).toBe(true);
}

test.skipIf(process.platform === 'win32')(
  'a daemon that runs and does not answer is neither called ended nor started twice, and stop says the truth',
  async () => {
    await suspend();
    const status = await cerevisor('status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ isRunning: true, isAnswering: false, pid });
    expect(status.stderr).toContain(`is running (process ${pid}) but does not respond yet`);
    expect(status.stderr).toContain(`kill -CONT ${pid}`);
    expect(status.code).toBe(5);

    const stopped = await cerevisor('stop', '--json');
    expect(JSON.parse(stopped.stdout)).toMatchObject({ error: { code: 'stopping' } });
    expect(stopped.code).toBe(5);
    expect(isAlive(pid)).toBe(true);

    process.kill(pid, 'SIGCONT');
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect((await cerevisor('stop')).code).toBe(0);
  },
);

test.skipIf(process.platform === 'win32')(
  'a command waits for a daemon that is slow to answer, and then continues',
  async () => {
    await suspend();
    const sessions = cerevisor('sessions', '--json');
    const { stdout } = await cerevisor('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ isAnswering: false });
    process.kill(pid, 'SIGCONT');
    expect(await sessions).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(JSON.parse((await cerevisor('status', '--json')).stdout)).toMatchObject({ pid });
  },
);
