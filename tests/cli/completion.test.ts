import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launcher, writeDaemonAddress } from '../../testing/command-line.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import {
  sessionIdOf,
  sessionStarted,
  startTestServer,
  type TestServer,
} from '../../testing/server.ts';

const run = promisify(execFile);
let server: TestServer;
let bin: string;

beforeAll(async () => {
  server = await startTestServer();
  writeDaemonAddress(server.home, server.port, server.token);
  server.journal.append(sessionIdOf('1a'), [sessionStarted()]);
  bin = mkdtempSync(path.join(tmpdir(), 'cerevisor-bin-'));
  const command = path.join(bin, 'cerevisor');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${launcher}" "$@"\n`);
  chmodSync(command, 0o755);
});
afterAll(async () => {
  removeFolder(bin);
  await server[Symbol.asyncDispose]();
});

const environment = () => ({
  PATH: [bin, path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
  CEREVISOR_HOME: server.home,
  LANG: 'C.UTF-8',
  // A busy machine answers late.
  CEREVISOR_COMPLETION_TIMEOUT_MS: '60000',
});

/** What bash would offer after these words. */
async function offeredByBash(...words: string[]): Promise<string[]> {
  const script = `source <(cerevisor completion bash)
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cerevisor
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', script, 'bash', 'cerevisor', ...words], {
    env: environment(),
  });
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(spawnSync('bash', ['--version']).status !== 0)('in bash', () => {
  test('commands and options are completed', async () => {
    expect(await offeredByBash('sess')).toEqual(['sessions']);
    expect(await offeredByBash('run', 'x', '--det')).toEqual(['--detach']);
  });

  test('sessions and agents come from the daemon, and names with spaces are quoted', async () => {
    expect(await offeredByBash('show', '')).toEqual(['1a000000']);
    const agents = await offeredByBash('cancel', '1a', '--agent', '');
    expect(agents.length).toBeGreaterThan(0);
  });
});

test('a valid script is printed for each shell', () => {
  for (const [shell, check] of [
    ['bash', ['-n']],
    ['zsh', ['-n']],
    ['fish', ['--no-execute']],
  ] as const) {
    const script = execFileSync(path.join(bin, 'cerevisor'), ['completion', shell], {
      env: environment(),
    });
    expect(script.toString()).toContain('complete');
    const file = path.join(bin, `script.${shell}`);
    writeFileSync(file, script);
    const { status, error } = spawnSync(shell, [...check, file]);
    // A shell that is not on this machine cannot check.
    if (error === undefined) expect(status).toBe(0);
  }
});
