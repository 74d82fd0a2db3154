import { expect, test } from 'vitest';
import { createRedactor } from './redact.ts';

const CANARY = 'canary/"secret"+41:x';
const redact = createRedactor(() => [CANARY, 'short', 'canary']);

test.each([
  ['as it is', CANARY],
  ['in JSON', JSON.stringify({ key: CANARY })],
  ['in a URL', `?key=${encodeURIComponent(CANARY)}`],
  ['as basic authorization', `x ${Buffer.from(`${CANARY}:`).toString('base64')}`],
  ['in base64', Buffer.from(CANARY).toString('base64')],
])('a known secret is taken out %s', (_, text) => {
  const clean = redact(text);
  expect(clean).toContain('[redacted]');
  expect(clean).not.toMatch(/secret|canary|%22|Y2FuYXJ5/);
});

test.each([
  'crsr_0123456789abcdef0123',
  'ghp_0123456789abcdefghijABCDEFGHIJ',
  'github_pat_0123456789abcdefghij_ABCDEFGHIJ',
  'sk-ant-0123456789abcdefghij',
  'Bearer abcdef0123456789',
  'basic Y3Jzcl8wMTIzNDU2Nzg5Og==',
  'https://x-access-token:abc@github.com/a/b',
  'https://0123456789abcdef01234567@github.com/a/b',
  '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----',
])('%s looks like a key and is taken out', (text) => {
  const clean = redact(`before ${text} after`);
  expect(clean).not.toContain(text);
  expect(clean).toMatch(/^before .*\[redacted].* after$/);
});

test.each([
  'Basic understanding of the bearer certificates',
  'ssh://git@github.com/acme/repo.git',
  'bc-01234567-89ab-cdef-0123-456789abcdef run-01234567-89ab-cdef-0123-456789abcdef',
  's_0123456789abcdef0123456789abcdef',
  'short words',
])('%s is left as it is', (text) => {
  expect(redact(text)).toBe(text);
});

test('takes a time that grows with the text alone, whatever an agent wrote', () => {
  // With the square of the text each would take longer than any test may.
  for (const text of ['a.'.repeat(1e6), 'a-b+'.repeat(5e5), 'a://b:'.repeat(5e5)])
    expect(createRedactor(() => [])(text)).toBe(text);
});
