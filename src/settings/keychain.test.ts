import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/settings.ts';
import { systemKeychain } from './keychain.ts';

/** A program instead of the one that talks to the keychain. */
const programIn = (home: string, code: string): string => {
  const program = join(home, 'program.mjs');
  writeFileSync(program, code);
  return program;
};

test('a keychain that hangs is given up after its time', async () => {
  using folder = temporaryFolder();
  const program = programIn(folder.home, 'setInterval(() => {}, 1000);');
  const keychain = systemKeychain({ program, timeoutMs: 300, environment: process.env });
  expect(await keychain.read()).toEqual({
    ok: false,
    reason: 'the keychain did not respond within 0.3 s',
  });
});

test('a program that crashes or talks nonsense is an answer, not an error', async () => {
  using folder = temporaryFolder();
  for (const code of ['process.abort();', 'console.log("secret: hunter2");']) {
    const program = programIn(folder.home, code);
    const answer = await systemKeychain({ program, environment: process.env }).write('hunter2');
    expect(answer).toEqual({ ok: false, reason: 'the keychain could not be accessed' });
  }
});

test('the secret goes through standard input, and our keys stay out of the environment', async () => {
  using folder = temporaryFolder();
  const program = programIn(
    folder.home,
    `import { text } from 'node:stream/consumers';
     const { secret } = JSON.parse(await text(process.stdin));
     const seen = process.argv.includes(secret) || process.env.CURSOR_API_KEY !== undefined;
     console.log(JSON.stringify({ ok: true, value: secret === 'hunter22' && !seen ? null : 'seen' }));`,
  );
  const environment = { ...process.env, CURSOR_API_KEY: 'hunter22' };
  const keychain = systemKeychain({ program, environment });
  expect(await keychain.write('hunter22')).toEqual({ ok: true, value: null });
});

test('the real program answers on every machine, with a keychain or without', async () => {
  const keychain = systemKeychain({ service: 'Cerevisor test', environment: process.env });
  const answer = await keychain.read();
  if (answer.ok) expect(answer.value).toBeNull();
  else expect(answer.reason).not.toBe('');
});
