import { exec } from 'node:child_process';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { removeFolder } from '../../testing/remove-folder.ts';

const root = join(import.meta.dirname, '..', '..');

test('npx does not complain about the Node version in a clone, which installs its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-clone-'));
  try {
    copyFileSync(join(root, '.npmrc'), join(folder, '.npmrc'));
    writeFileSync(join(folder, 'hello.mjs'), '#!/usr/bin/env node\nconsole.log("hello");\n');
    const document = {
      name: 'hello',
      version: '1.0.0',
      bin: 'hello.mjs',
      // As an older Node sees the package: none that exists is enough.
      engines: { node: '>=9999' },
    };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(document));
    const env = Object.fromEntries(
      // What the npm that runs the tests hands on would win over the file.
      Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name)),
    );
    const waitForOutput = await promisify(exec)('npx --offline hello', {
      cwd: folder,
      env: { ...env, npm_config_cache: join(folder, 'cache') },
    });
    expect(waitForOutput).toEqual({ stdout: 'hello\n', stderr: '' });
  } finally {
    removeFolder(folder);
  }
});
