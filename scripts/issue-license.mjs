#!/usr/bin/env node
// Issues license keys. This is for sellers of Cerevisor; the product itself only verifies the keys.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';

const usage = `Usage:
  node scripts/issue-license.mjs --new-keys DIR
      Writes private-key.json (keep it secret) and public-key.txt (goes into src/license/public-key.ts,
      or into CEREVISOR_LICENSE_PUBLIC_KEY). Never overwrites a key.
  node scripts/issue-license.mjs --key DIR/private-key.json --name "Ada Lovelace" [--subject ID]
      [--tier paid|trial] [--days N] [--seats N]
      Prints a license key; without --days it has no end.`;

async function makeKeys(directory) {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const { x } = await exportJWK(publicKey);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const secret = `${JSON.stringify(await exportJWK(privateKey), null, 2)}\n`;
  await writeFile(join(directory, 'private-key.json'), secret, { mode: 0o600, flag: 'wx' });
  await writeFile(join(directory, 'public-key.txt'), `${x}\n`, { flag: 'wx' });
  console.log(x);
}

async function issue({ key, name, subject, tier, days, seats }) {
  const jwk = JSON.parse(await readFile(key, 'utf8'));
  const now = Math.floor(Date.now() / 1000);
  const claims = { tier, name, ...(seats === undefined ? {} : { seats }) };
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', kid: await calculateJwkThumbprint(jwk) })
    .setIssuer('cerevisor-license')
    .setSubject(subject)
    .setIssuedAt(now);
  if (days !== undefined) token.setExpirationTime(now + days * 24 * 60 * 60);
  console.log(await token.sign(await importJWK(jwk, 'EdDSA')));
}

/** A whole number above zero, or undefined if the option was not given. */
function count(option, text) {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) fail(`${option} must be a whole number above zero.`);
  return number;
}

function fail(message) {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    'new-keys': text,
    key: text,
    name: text,
    subject: text,
    tier: { type: 'string', default: 'paid' },
    days: text,
    seats: text,
  },
});

if (values['new-keys'] !== undefined) {
  await makeKeys(values['new-keys']);
} else {
  const { key, name, subject = name, tier } = values;
  if (key === undefined) fail('Name the private key (--key).');
  if (name === undefined || name.trim() === '') fail('Name the holder (--name).');
  if (tier !== 'paid' && tier !== 'trial') fail('--tier is paid or trial.');
  const days = count('--days', values.days);
  await issue({ key, name, subject, tier, days, seats: count('--seats', values.seats) });
}
