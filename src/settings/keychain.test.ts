import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/settings.ts';
import { systemKeychain } from './keychain.ts';

/** Replaces the program that accesses the keychain. */
const programIn = (home: string, code: string): string => {
  const program = join(home, 'program.mjs');
  writeFileSync(program, code);
  return program;
};

/** The start of a program can take longer than a user should wait for a keychain. */
const patient = { timeoutMs: 60_000 };

test('a call to a keychain that hangs fails after the timeout', async () => {
  using folder = temporaryFolder();
  const program = programIn(folder.home, 'setInterval(() => {}, 1000);');
  const keychain = systemKeychain({ program, timeoutMs: 300, environment: process.env });
  expect(await keychain.read()).toEqual({
    ok: false,
    reason: 'the keychain did not respond within 0.3 s',
  });
});

test('a crash or invalid output of the program is returned as a failure', async () => {
  using folder = temporaryFolder();
  for (const code of ['process.abort();', 'console.log("secret: hunter2");']) {
    const program = programIn(folder.home, code);
    const keychain = systemKeychain({ program, environment: process.env, ...patient });
    const result = await keychain.write('hunter2');
    expect(result).toEqual({ ok: false, reason: 'the keychain could not be accessed' });
  }
});

test('the secret is passed through standard input, and API keys are not in the environment', async () => {
  using folder = temporaryFolder();
  const program = programIn(
    folder.home,
    `import { text } from 'node:stream/consumers';
     const { secret } = JSON.parse(await text(process.stdin));
     const seen = process.argv.includes(secret) || process.env.CURSOR_API_KEY !== undefined;
     console.log(JSON.stringify({ ok: true, value: secret === 'hunter22' && !seen ? null : 'seen' }));`,
  );
  const environment = { ...process.env, CURSOR_API_KEY: 'hunter22' };
  const keychain = systemKeychain({ program, environment, ...patient });
  expect(await keychain.write('hunter22')).toEqual({ ok: true, value: null });
});

test('the real program returns a result on every machine, with or without a keychain', async () => {
  const keychain = systemKeychain({ service: 'Cerevisor test', environment: process.env });
  const result = await keychain.read();
  if (result.ok) expect(result.value).toBeNull();
  else expect(result.reason).not.toBe('');
});
