import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import {
  openWorkingFolder,
  recordItems,
  type WorkingFolder,
} from '../../../testing/working-folder.ts';
import { isAlive } from '../../lib/process.ts';
import { readItem } from '../../transcript/item.ts';
import type { WorkspaceCalls, WorkspaceRequest } from '../workspace-port.ts';
import { openWorkspaces, type WorkspacesOptions } from './workspaces.ts';

afterEach(() => void vi.useRealTimers());

async function prepare(
  world: WorkingFolder,
  changes: Partial<WorkspaceRequest>,
  calls: WorkspaceCalls,
  options: Partial<WorkspacesOptions> = {},
) {
  const workspaces = await openWorkspaces({
    home: world.home,
    environment: { ...world.environment, SHELL: '/usr/sbin/nologin' },
    ...options,
  });
  return await workspaces.prepareWorkspace(world.request(changes), calls);
}

test('setup commands run in the worktree, and their output appears in the transcript', async () => {
  using world = openWorkingFolder();
  const { items, calls } = recordItems();
  const answer = await prepare(
    world,
    { setup: ['pwd', 'echo "key: $CURSOR_API_KEY, mark: $MARK"; echo trouble >&2'] },
    { ...calls, variables: { MARK: 'thread-1' } },
  );
  if (!answer.ok) throw new Error(answer.error.message);
  const read = items.map(({ kind, dataText }) => readItem(kind, JSON.parse(dataText)));
  const started = read.filter((item) => item.kind === 'tool-call' && item.status === 'running');
  const ended = read.filter((item) => item.kind === 'tool-call' && item.status === 'completed');
  expect(started).toMatchObject([{ name: 'setup', args: { command: 'pwd' } }, { name: 'setup' }]);
  expect(ended).toMatchObject([{ result: { exitCode: 0, output: answer.value.cwd } }, {}]);
  const output = read.flatMap((item) => (item.kind === 'tool-output' ? [item] : []));
  const textOf = (stream: string) =>
    output.flatMap((item) => (item.stream === stream ? [item.text] : [])).join('');
  expect(textOf('stdout')).toBe(`${answer.value.cwd}\nkey: , mark: thread-1\n`);
  expect(textOf('stderr')).toBe('trouble\n');
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
});

test('the failure of a setup command contains the command, its exit code and its last lines', async () => {
  using world = openWorkingFolder();
  const { items, calls } = recordItems();
  const setup = ['seq 1 100; echo "cannot find it" >&2; exit 7', 'touch never.txt'];
  const answer = await prepare(world, { setup }, calls);
  expect(answer).toMatchObject({ ok: false, error: { code: 'setup_failed' } });
  const message = answer.ok ? '' : answer.error.message;
  expect(message).toContain('exit 7');
  expect(message).toContain('exit code 7');
  expect(message).toContain('cannot find it');
  expect(message).not.toContain('\n50\n');
  expect(items.at(-1)?.dataText).toContain('"status":"error"');
  // The next attempt finds the worktree and runs the setup again.
  const again = await prepare(world, { setup: ['echo ok > ok.txt'] }, calls);
  expect(again.ok && existsSync(join(again.value.cwd, 'ok.txt'))).toBe(true);
});

test('a setup command that exceeds its timeout is ended together with its descendants', async () => {
  using world = openWorkingFolder();
  const { calls } = recordItems();
  const setup = ['(trap "" TERM; sleep 600) & echo $! > "$PID_FILE"; sleep 600'];
  const file = world.at('pid.txt');
  // The time passes once the command runs, however long a slow machine needs until then.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  const preparing = prepare(
    world,
    { setup },
    { ...calls, variables: { PID_FILE: file } },
    { setupTimeoutMs: 60_000, setupGraceMs: 200 },
  );
  await expect.poll(() => readFileSync(file, 'utf8')).not.toBe('');
  vi.advanceTimersByTime(60_000);
  const answer = await preparing;
  expect(answer).toMatchObject({ ok: false, error: { code: 'setup_failed' } });
  expect(answer.ok ? '' : answer.error.message).toContain('took more than');
  const pid = Number(readFileSync(file, 'utf8'));
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('an aborted setup ends at once, and the next start runs it again', async () => {
  using world = openWorkingFolder();
  const controller = new AbortController();
  const { items, calls } = recordItems(controller.signal);
  const hanging = prepare(world, { setup: ['echo begun; sleep 600'] }, calls);
  await expect.poll(() => items.some(({ kind }) => kind === 'tool-output')).toBe(true);
  controller.abort(new Error('called off'));
  await expect(hanging).rejects.toThrow('called off');
  const again = await prepare(world, { setup: ['echo ok > ok.txt'] }, recordItems().calls);
  expect(again.ok && existsSync(join(again.value.cwd, 'ok.txt'))).toBe(true);
});

test('a background process of a setup command does not delay the setup', async () => {
  using world = openWorkingFolder();
  const { calls } = recordItems();
  const answer = await prepare(world, { setup: ['sleep 600 & echo $! > pid.txt'] }, calls);
  if (!answer.ok) throw new Error(answer.error.message);
  const pid = Number(readFileSync(join(answer.value.cwd, 'pid.txt'), 'utf8'));
  expect(() => process.kill(pid, 'SIGKILL')).not.toThrow();
});

test('only the named ignored files are copied', async () => {
  using world = openWorkingFolder();
  const at = (...parts: string[]) => join(world.project, ...parts);
  world.write(at('.env'), 'KEY=1\n');
  world.write(at('packages', 'shop', 'local.secret'), 'deep\n');
  world.write(at('other.secret'), 'not named\n');
  world.write(at('build', 'out', 'a.js'), 'built\n');
  const answer = await prepare(
    world,
    { copy: ['.env', 'packages/**/*.secret', './build/', 'missing.env', 'shop.ts'] },
    recordItems().calls,
  );
  if (!answer.ok) throw new Error(answer.error.message);
  const { cwd, notices } = answer.value;
  expect(readFileSync(join(cwd, '.env'), 'utf8')).toBe('KEY=1\n');
  expect(existsSync(join(cwd, 'packages', 'shop', 'local.secret'))).toBe(true);
  expect(existsSync(join(cwd, 'build', 'out', 'a.js'))).toBe(true);
  expect(existsSync(join(cwd, 'other.secret'))).toBe(false);
  expect(notices.join('\n')).toContain('"missing.env" does not match any ignored file');
  expect(world.git(cwd, 'status', '--porcelain')).toBe('');
});

test('nothing is copied from outside the folder, or written outside the worktree', async () => {
  using world = openWorkingFolder();
  const at = (...parts: string[]) => join(world.project, ...parts);
  world.write(world.at('outside', 'key.secret'), 'outside\n');
  mkdirSync(at('build'));
  symlinkSync(world.at('outside'), at('build', 'folder'));
  symlinkSync(world.at('outside', 'key.secret'), at('link.secret'));
  symlinkSync('../../outside/key.secret', at('src', 'relative.secret'));
  symlinkSync('inside.secret', at('good.secret'));
  world.write(at('inside.secret'), 'inside\n');
  // A tracked link leads outside the worktree, to where the copy would be written.
  world.write(world.at('target', 'keep.txt'), 'theirs\n');
  symlinkSync(world.at('target'), at('config'));
  world.inProject('add', 'config');
  world.inProject('commit', '--quiet', '-m', 'Link');
  const answer = await prepare(
    world,
    { copy: ['../outside/*', '/etc/passwd', 'build/**', '**/*.secret', ':(top)shop.ts'] },
    recordItems().calls,
  );
  if (!answer.ok) throw new Error(answer.error.message);
  const { cwd, notices } = answer.value;
  const text = notices.join('\n');
  expect(text).toContain('"../outside/*" is outside the folder');
  expect(text).toContain('"/etc/passwd" is outside the folder');
  for (const name of ['build/folder', 'link.secret', 'src/relative.secret']) {
    expect(text).toContain(`"${name}" was not copied: it is a link that leads outside the folder`);
    expect(existsSync(join(cwd, name))).toBe(false);
  }
  expect(readFileSync(join(cwd, 'good.secret'), 'utf8')).toBe('inside\n');
});
