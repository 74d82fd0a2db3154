import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canStartCloudRun, describeLicense, evaluateLicense } from './evaluate.ts';
import { LicenseService, type LicenseServiceOptions } from './license-service.ts';
import { licensePublicKey } from './public-key.ts';
import { combinedStore, type LicenseRecord, type LicenseStore, licenseFile } from './store.ts';
import { checkKey } from './token.ts';

const run = promisify(execFile);
const DAY = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 1);

const keys = await generateKeyPair('EdDSA');
const publicKey = (await exportJWK(keys.publicKey)).x ?? '';
const otherIssuer = await generateKeyPair('EdDSA');

async function keyFor(
  claims: Record<string, unknown> = {},
  signer = keys.privateKey,
): Promise<string> {
  return new SignJWT({
    iss: 'cerevisor-license',
    sub: 'order-1',
    tier: 'paid',
    iat: start / 1000,
    exp: (start + 30 * DAY) / 1000,
    ...claims,
  })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k1' })
    .sign(signer);
}

const facts = { firstStartAt: start, lastSeenAt: start };

describe('the trial', () => {
  it('lasts seven days from the first start and then becomes free', () => {
    const at = (now: number) => evaluateLicense({ ...facts, now });
    expect(at(start)).toMatchObject({ tier: 'trial', daysLeft: 7 });
    expect(at(start + 6.5 * DAY)).toMatchObject({ tier: 'trial', daysLeft: 1 });
    expect(at(start + 7 * DAY)).toMatchObject({ tier: 'free', reason: 'trial_over' });
  });

  it('is not extended by setting the clock back', () => {
    const license = evaluateLicense({ ...facts, now: start, lastSeenAt: start + 8 * DAY });
    expect(license.tier).toBe('free');
    expect(evaluateLicense({ ...facts, now: start - 100 * DAY }).daysLeft).toBe(7);
  });

  it('blocks new cloud runs only when it is over', () => {
    expect(canStartCloudRun(evaluateLicense({ ...facts, now: start }))).toEqual({
      allowed: true,
    });
    const over = canStartCloudRun(evaluateLicense({ ...facts, now: start + 8 * DAY }));
    expect(over).toMatchObject({ allowed: false, error: { code: 'license_required' } });
  });
});

describe('a key', () => {
  const evaluate = async (token: string, now = start + 10 * DAY, lastSeenAt = start) =>
    evaluateLicense({ ...facts, lastSeenAt, key: await checkKey(token, publicKey), now });

  it('makes the installation paid until it expires', async () => {
    const token = await keyFor({ name: 'Ada', seats: 3 });
    expect(await evaluate(token)).toEqual({
      tier: 'paid',
      reason: 'key_active',
      holder: 'Ada',
      seats: 3,
      endsAt: start + 30 * DAY,
      daysLeft: 20,
    });
    const ended = await evaluate(token, start + 31 * DAY);
    expect(ended).toMatchObject({ tier: 'free', problem: { code: 'license_expired' } });
    expect(ended.problem?.message).toContain('2026-01-31');
    const { daysLeft, ...endless } = await evaluate(
      await keyFor({ exp: undefined }),
      start + 9999 * DAY,
    );
    expect(endless.tier).toBe('paid');
    expect(daysLeft).toBeUndefined();
  });

  it('that has expired does not become valid again by setting the clock back', async () => {
    const license = await evaluate(await keyFor(), start, start + 31 * DAY);
    expect(license.problem?.code).toBe('license_expired');
  });

  it('that is new does not expire because the clock was ahead when Cerevisor was first started', () => {
    const claims = { iss: 'cerevisor-license', sub: 'a', tier: 'paid', iat: start / 1000 } as const;
    const key = { ok: true, claims: { ...claims, exp: (start + 365 * DAY) / 1000 } } as const;
    const ahead = start + 400 * DAY;
    const clock = { firstStartAt: ahead, lastSeenAt: ahead, clockAt: start };
    expect(evaluateLicense({ ...clock, now: start, key })).toMatchObject({
      tier: 'paid',
      daysLeft: 365,
    });
  });

  it('is rejected with the reason when it is not valid', async () => {
    const token = await keyFor();
    const [head, , signature] = token.split('.');
    const forged = Buffer.from(
      '{"iss":"cerevisor-license","sub":"x","tier":"paid","iat":1}',
    ).toString('base64url');
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    const cases: [string, string][] = [
      ['license_wrong_signature', await keyFor({}, otherIssuer.privateKey)],
      ['license_wrong_signature', `${head}.${forged}.${signature}`],
      ['license_malformed', `${unsigned}.${forged}.`],
      ['license_malformed', 'hello'],
      ['license_malformed', ''],
      ['license_wrong_signature', token.slice(0, -30)],
      ['license_malformed', await keyFor({ iss: 'someone' })],
      ['license_malformed', await keyFor({ tier: 'gold' })],
      ['license_not_yet_valid', await keyFor({ nbf: (start + 20 * DAY) / 1000 })],
      ['license_not_yet_valid', await keyFor({ iat: (start + 20 * DAY) / 1000 })],
    ];
    for (const [code, wrong] of cases)
      expect((await evaluate(wrong)).problem?.code, wrong).toBe(code);
    expect(await checkKey(token, 'short')).toMatchObject({
      ok: false,
      problem: { code: 'license_public_key_invalid' },
    });
  });
});

describe('the license service', () => {
  let folder: string;
  let now: number;
  let store: LicenseStore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cerevisor-license-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    now = start;
    let record: LicenseRecord | undefined;
    store = {
      read: async () => record,
      write: async (next) => {
        record = next;
      },
    };
  });

  const service = (changes: Partial<LicenseServiceOptions> = {}) =>
    LicenseService.open({ store, publicKey, now: () => now, ...changes });

  it('starts the trial when it is first opened and remembers how much time has passed', async () => {
    expect((await service()).current()).toMatchObject({ tier: 'trial', daysLeft: 7 });
    now = start + 6 * DAY;
    expect((await service()).current()).toMatchObject({ daysLeft: 1 });
    now = start;
    expect((await service()).current()).toMatchObject({ daysLeft: 1 });
  });

  it('does not restart the trial of an installation that has sessions', async () => {
    now = start + 20 * DAY;
    const knownSessions = { earliestAt: start, latestAt: start + 19 * DAY };
    expect((await service({ knownSessions })).current().tier).toBe('free');
  });

  it('accepts a key that a mail program broke into lines, and removes it on request', async () => {
    now = start + 10 * DAY;
    const key = await keyFor();
    const activated = await (await service()).activate(` ${key.slice(0, 40)}\n ${key.slice(40)}\n`);
    expect(activated).toMatchObject({ ok: true, license: { tier: 'paid' } });
    expect((await service()).current().tier).toBe('paid');
    expect((await (await service()).deactivate()).tier).toBe('trial');
    expect((await store.read())?.token).toBeUndefined();
  });

  it('keeps a valid key when an invalid one is entered', async () => {
    await (await service()).activate(await keyFor());
    expect(await (await service()).activate('nonsense')).toMatchObject({
      ok: false,
      problem: { code: 'license_malformed' },
    });
    expect((await service()).current().tier).toBe('paid');
  });

  it('stores its record in private files, any one of which may be lost', async () => {
    const paths = [join(folder, 'one.json'), join(folder, 'two.json')];
    const copies = combinedStore(paths.map(licenseFile));
    (await service({ store: copies })).current();
    now = start + 3 * DAY;
    await writeFile(paths[0] ?? '', 'damaged');
    expect((await service({ store: copies })).current()).toMatchObject({ daysLeft: 4 });
    await rm(paths[1] ?? '');
    expect((await service({ store: copies })).current()).toMatchObject({ daysLeft: 4 });
    expect((await stat(paths[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  it('ends the trial while it is open, and setting the clock back does not restart it', async () => {
    const open = await service();
    for (let day = 1; day <= 8; day += 1) {
      now = start + day * DAY;
      await open.recordTime();
    }
    expect(open.current().tier).toBe('free');
    for (const at of [start + 6 * DAY, start, start - 400 * DAY, start + 9 * DAY]) {
      now = at;
      expect(open.current().tier).toBe('free');
      expect((await service()).current().tier).toBe('free');
    }
  });

  it.each([
    ['10 days', 10 * DAY],
    ['a month', 31 * DAY],
    ['400 days', 400 * DAY],
    ['20 years', 7300 * DAY],
  ])('a clock that jumps forward by %s and back does not shorten the trial', async (_, jump) => {
    await service();
    now = start + DAY;
    expect((await service()).current()).toMatchObject({ tier: 'trial', daysLeft: 6 });
    now = start + DAY + jump;
    const wrong = await service();
    expect(wrong.current().tier).toBe('free');
    now += DAY / 24;
    await wrong.recordTime();
    now = start + DAY + DAY / 12;
    expect(wrong.current()).toMatchObject({ tier: 'trial', daysLeft: 6 });
    expect((await service()).current()).toMatchObject({ tier: 'trial', daysLeft: 6 });
  });

  it.each([-1 / 24, -3, -400])(
    'a clock set back by %s days and forward again does not shorten the trial',
    async (days) => {
      await service();
      now = start + DAY;
      await service();
      now = start + DAY + days * DAY;
      expect((await service()).current()).toMatchObject({ tier: 'trial', daysLeft: 6 });
      now = start + DAY + DAY / 12;
      expect((await service()).current()).toMatchObject({ tier: 'trial', daysLeft: 6 });
    },
  );

  it('setting the clock back every day does not extend the trial, because repeated time counts again', async () => {
    const open = await service();
    for (let day = 0; day < 7; day += 1) {
      now = start;
      open.current();
      for (let hour = 0; hour <= 24; hour += 1) {
        now = start + (hour * DAY) / 24;
        await open.recordTime();
      }
    }
    expect(open.current().tier).toBe('free');
  });

  it('a long absence counts once the clock has continued from there for a day', async () => {
    await service();
    now = start + 50 * DAY;
    const open = await service();
    for (let hour = 0; hour < 30; hour += 1) {
      now += DAY / 24;
      await open.recordTime();
    }
    now = start + DAY;
    expect(open.current().tier).toBe('free');
  });

  it('a clock that jumps forward and back does not expire a key', async () => {
    const open = await service();
    await open.activate(await keyFor());
    now = start + 400 * DAY;
    expect(open.current().problem?.code).toBe('license_expired');
    await open.recordTime();
    now = start + DAY;
    expect((await service()).current()).toMatchObject({ tier: 'paid', daysLeft: 29 });
  });

  /** Advances the clock as a running daemon sees it, hour by hour. */
  const runFor = async (open: LicenseService, days: number) => {
    for (let hour = 0; hour < days * 24; hour += 1) {
      now += DAY / 24;
      await open.recordTime();
    }
  };

  it.each([
    ['at the first start', 0],
    ['after a year of use', 365],
  ])('a clock that was ahead %s does not expire a key that is activated later', async (_, days) => {
    await runFor(await service(), days);
    const right = now;
    now += 400 * DAY;
    await runFor(await service(), 3);
    now = right;
    const claims = { iat: now / 1000, exp: (now + 365 * DAY) / 1000 };
    const open = await service();
    expect(await open.activate(await keyFor(claims))).toMatchObject({ ok: true });
    expect(open.current()).toMatchObject({ tier: 'paid', daysLeft: 365 });
    await runFor(open, 364);
    expect((await service()).current()).toMatchObject({ tier: 'paid', daysLeft: 1 });
    now += DAY;
    expect((await service()).current().problem?.code).toBe('license_expired');
  });

  it('a clock that was ahead while a key was in use does not expire the key', async () => {
    const open = await service();
    await open.activate(await keyFor());
    now = start + 400 * DAY;
    await runFor(open, 3);
    now = start + 4 * DAY;
    expect((await service()).current()).toMatchObject({ tier: 'paid', daysLeft: 26 });
  });

  it('by setting the clock back, an expired key gains at most the time during which it was not used', async () => {
    const open = await service();
    await open.activate(await keyFor());
    await runFor(open, 20);
    now = start + 31 * DAY;
    await runFor(open, 2);
    expect(open.current().problem?.code).toBe('license_expired');
    now = start + 12 * DAY;
    expect(open.current().tier).toBe('paid');
    await runFor(open, 5);
    for (let time = 0; time < 5; time += 1) {
      now = start + 12 * DAY;
      await runFor(open, 1);
    }
    now = start + 12 * DAY;
    expect(open.current().problem?.code).toBe('license_expired');
    await open.deactivate();
    expect(await open.activate(await keyFor())).toMatchObject({
      ok: false,
      problem: { code: 'license_expired' },
    });
  });

  it('masks the key, and describes the license in a sentence', async () => {
    const open = await service();
    expect(open.maskedKey()).toBeUndefined();
    expect(describeLicense(open.current())).toBe('Trial, 7 days left.');
    await open.activate(await keyFor({ name: 'Ada' }));
    expect(open.maskedKey()).toHaveLength(12);
    expect(describeLicense(open.current())).toBe('Licensed to Ada, 30 days left.');
    now = start + 30 * DAY;
    expect(describeLicense(open.current())).toBe('This license expired on 2026-01-31.');
  });

  it('accepts keys of the issuing script with the public key from the environment', async () => {
    const script = join(import.meta.dirname, '../../scripts/issue-license.mjs');
    const issue = async (...options: string[]) => {
      const { stdout } = await run(process.execPath, [script, ...options]);
      return stdout.trim();
    };
    const own = await issue('--new-keys', join(folder, 'keys'));
    const keyFile = join(folder, 'keys', 'private-key.json');
    expect(await readFile(join(folder, 'keys', 'public-key.txt'), 'utf8')).toBe(`${own}\n`);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    await expect(issue('--new-keys', join(folder, 'keys'))).rejects.toThrow('EEXIST');
    const environment = { CEREVISOR_LICENSE_PUBLIC_KEY: own };
    const key = await issue('--key', keyFile, '--name', 'Ada', '--days', '30');
    now = Date.now();
    const activated = await (await service({ publicKey: licensePublicKey(environment) })).activate(
      key,
    );
    expect(activated).toMatchObject({ ok: true, license: { holder: 'Ada', daysLeft: 30 } });
    const shipped = await (await service({ publicKey: licensePublicKey({}) })).activate(key);
    expect(shipped).toMatchObject({ ok: false, problem: { code: 'license_wrong_signature' } });
  });
});
