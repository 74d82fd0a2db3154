import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTestServer } from '../testing.ts';
import { commitLookup } from './commits.ts';

const COMMIT = '0123456789012345678901234567890123456789';

/** A program in the place of git that notes what it was given. */
test.skipIf(process.platform === 'win32')('asks git without our key', async () => {
  await using server = await startTestServer();
  const programs = join(server.home, 'programs');
  const noted = join(server.home, 'environment');
  mkdirSync(programs);
  const script = `#!/bin/sh\nenv > '${noted}'\nprintf '${COMMIT}\\trefs/heads/main\\n'\n`;
  writeFileSync(join(programs, 'git'), script);
  chmodSync(join(programs, 'git'), 0o700);
  const environment = {
    PATH: `${programs}:${process.env.PATH}`,
    HOME: server.home,
    CURSOR_API_KEY: 'crsr_canary_0123456789',
  };
  const look = commitLookup(server.home, server.journal, () => false, environment);
  const { signal } = new AbortController();
  expect(await look('github.com/acme/shop', 'main', signal)).toBe(COMMIT);
  expect(readFileSync(noted, 'utf8')).toContain(`HOME=${server.home}`);
  expect(readFileSync(noted, 'utf8')).not.toContain('canary');
});

test('runs no program that an address names', async () => {
  await using server = await startTestServer();
  const made = join(server.home, 'made');
  const environment = {
    ...process.env,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'protocol.ext.allow',
    GIT_CONFIG_VALUE_0: 'always',
  };
  const look = commitLookup(server.home, server.journal, () => false, environment);
  const { signal } = new AbortController();
  expect(await look(`ext::touch ${made}`, 'main', signal)).toBeNull();
  expect(existsSync(made)).toBe(false);
});
