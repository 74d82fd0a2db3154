import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeFolder } from '../../../testing/remove-folder.ts';
import { SocketCalls } from './socket-calls.ts';
import { ensureRunner } from './start-runner.ts';

test('a runner whose files cannot be written fails with the error of the disk', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-no-runner-'));
  const calls = new SocketCalls();
  try {
    const bundle = join(home, 'bundle');
    mkdirSync(bundle);
    writeFileSync(join(bundle, 'runner.mjs'), '');
    // Where the copy of the programs would be made there is a file.
    mkdirSync(join(home, 'local-runs'));
    writeFileSync(join(home, 'local-runs', 'programs'), '');
    const program = { file: join(bundle, 'runner.mjs'), build: '' };
    const result = await ensureRunner(calls, { home, version: 'test', environment: {}, program });
    expect(result).toMatchObject({
      ok: false,
      error: {
        code: 'unreachable',
        message: expect.stringMatching(
          /^The process that runs local agents cannot be started\. .* is not a folder\.$/,
        ),
      },
    });
  } finally {
    await calls.close();
    removeFolder(home);
  }
});
