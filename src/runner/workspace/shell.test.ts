import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { removeFolder } from '../../../testing/remove-folder.ts';
import { isAlive } from '../../lib/process.ts';
import { runInShell, type ShellCommand } from './shell.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) removeFolder(folder);
});

function setUp() {
  const cwd = mkdtempSync(join(tmpdir(), 'cerevisor-shell-'));
  folders.push(cwd);
  const output = { stdout: '', stderr: '' };
  const run = (command: string, more: Partial<ShellCommand> = {}) =>
    runInShell({
      command,
      cwd,
      environment: { PATH: process.env.PATH, SHELL: '/bin/sh' },
      timeoutMs: 60_000,
      graceMs: 1_000,
      signal: new AbortController().signal,
      onOutput: (stream, text) => {
        output[stream] += text;
      },
      ...more,
    });
  return { run, output, file: join(cwd, 'begun') };
}

test('a command does not run before its process was recorded', async () => {
  const { run, file } = setUp();
  const recorded: { pid: number; hadStarted: boolean }[] = [];
  const end = await run(`echo $$ > ${file}`, {
    onStart: async (pid) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      recorded.push({ pid, hadStarted: existsSync(file) });
    },
  });
  expect(end).toEqual({ kind: 'exited', exitCode: 0 });
  // The recorded process runs the command.
  expect(recorded).toEqual([{ pid: Number(readFileSync(file, 'utf8')), hadStarted: false }]);
});

test('a command whose process cannot be recorded never runs', async () => {
  const { run, file } = setUp();
  let recorded = 0;
  const failing = run(`echo > ${file}`, {
    onStart: async (pid) => {
      recorded = pid;
      throw new Error('the log is closed');
    },
  });
  await expect(failing).rejects.toThrow('the log is closed');
  await expect.poll(() => isAlive(recorded)).toBe(false);
  expect(existsSync(file)).toBe(false);
});

test('a command has no input, keeps its quoting, and reports its exit code', async () => {
  const { run, output } = setUp();
  const end = await run(`cat; echo "it's $0 \\"quoted\\""; echo no >&2; exit 3`);
  expect(end).toEqual({ kind: 'exited', exitCode: 3 });
  expect(output).toEqual({ stdout: 'it\'s /bin/sh "quoted"\n', stderr: 'no\n' });
});
