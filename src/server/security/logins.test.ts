import { expect, test } from 'vitest';
import { JournalFailure } from '../../journal/disk-trouble.ts';
import type { Journal } from '../../journal/types.ts';
import { LOGIN_LIFETIME_MS, Logins } from './logins.ts';

const DAY_MS = 24 * 3_600_000;
const trouble = {
  code: 'disk_full',
  message: 'The disk is full.',
  suggestion: 'Free some.',
} as const;

/** Facts in memory, with a simulated disk that can be full. */
function createFacts() {
  const values = new Map<string, unknown>();
  const disk = { isFull: false };
  const write = (change: () => void): void => {
    if (disk.isFull) throw new JournalFailure(trouble, new Error('full'));
    change();
  };
  const facts: Journal['facts'] = {
    get: (key) => values.get(key),
    set: (key, value) => write(() => values.set(key, value)),
    remove: (key) => write(() => values.delete(key)),
    list: (prefix) =>
      [...values].flatMap(([key, value]) => (key.startsWith(prefix) ? { key, value } : [])),
  };
  return { facts, disk };
}

test('a code stays valid if its login cannot be stored on a full disk', () => {
  const { facts, disk } = createFacts();
  const logins = new Logins(facts, () => 0);
  const code = logins.newCode();
  disk.isFull = true;
  expect(() => logins.redeem(code)).toThrow(JournalFailure);
  expect(() => logins.redeem(code)).toThrow(JournalFailure);
  disk.isFull = false;
  const login = logins.redeem(code);
  expect(logins.find(login?.cookie ?? '')).not.toBeNull();
  expect(logins.redeem(code)).toBeNull();
});

test('a full disk does not end existing logins', () => {
  const { facts, disk } = createFacts();
  let now = 0;
  const logins = new Logins(facts, () => now);
  const login = logins.redeem(logins.newCode());
  now = 2 * DAY_MS;
  disk.isFull = true;
  expect(logins.find(login?.cookie ?? '')).toEqual({ csrfToken: login?.csrfToken });
});

test('a login that was created while the clock was ahead does not last longer', () => {
  const { facts } = createFacts();
  let now = 400 * DAY_MS;
  const logins = new Logins(facts, () => now);
  const login = logins.redeem(logins.newCode());
  now = 0;
  expect(logins.find(login?.cookie ?? '')).not.toBeNull();
  now = LOGIN_LIFETIME_MS + 1;
  expect(logins.find(login?.cookie ?? '')).toBeNull();
});
