import { expect, test } from 'vitest';
import { createRedactor } from './redact.ts';

const CANARY = 'canary/"secret"+41:x';
const redactAll = createRedactor(() => [CANARY, 'short', 'canary']);
const redactOne = (text: string) => redactAll([text])[0] ?? { text: '', count: 0 };
const redact = (text: string) => redactOne(text).text;

test.each([
  ['as it is', CANARY],
  ['in JSON', JSON.stringify({ key: CANARY })],
  ['in a URL', `?key=${encodeURIComponent(CANARY)}`],
  ['as basic authorization', `x ${Buffer.from(`${CANARY}:`).toString('base64')}`],
  ['in base64', Buffer.from(CANARY).toString('base64')],
])('removes a known secret %s', (_, text) => {
  const clean = redact(text);
  expect(clean).toContain('[redacted]');
  expect(clean).not.toMatch(/secret|canary|%22|Y2FuYXJ5/);
});

const letters = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v2W3x4Y5z6'.repeat(4);
const hex = '0123456789abcdef'.repeat(8);
const some = (length: number) => letters.slice(0, length);

const keys: Readonly<Record<string, string>> = {
  cursor: `crsr_${some(40)}`,
  'AWS id': 'AKIAIOSFODNN7EXAMPLQ',
  'AWS secret': 'aws_secret_access_key = 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',
  GitHub: `ghp_${some(36)}`,
  'GitHub, fine-grained': `github_pat_${some(22)}_${some(59)}`,
  GitLab: `glpat-${some(20)}`,
  Stripe: `sk_live_${some(24)}`,
  'Stripe, restricted': `rk_live_${some(24)}`,
  Google: `AIza${some(35)}`,
  'Google OAuth': `GOCSPX-${some(28)}`,
  JWT: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P',
  npm: `npm_${some(36)}`,
  Slack: `xoxb-123456789012-123456789012-${some(24)}`,
  'Slack hook': `https://hooks.slack.com/services/T00000000/B00000000/${some(24)}`,
  OpenAI: `sk-proj-${some(74)}T3BlbkFJ${some(74)}`,
  Anthropic: `sk-ant-api03-${some(93)}AA`,
  SendGrid: `SG.${some(22)}.${some(43)}`,
  Mailgun: `key-${hex.slice(0, 32)}`,
  Twilio: `SK${hex.slice(0, 32)}`,
  'Hugging Face': `hf_${some(34)}`,
  PyPI: `pypi-AgEIcHlwaS5vcmc${some(60)}`,
  Docker: `dckr_pat_${some(27)}`,
  DigitalOcean: `dop_v1_${hex.slice(0, 64)}`,
  Shopify: `shpat_${hex.slice(0, 32)}`,
  Azure: `AccountKey=${some(86)}==`,
  PostgreSQL: 'postgres://user:hunter22@db.example.com:5432/x',
  Discord: `MTA1NzYyMzQ1Njc4OTAxMjM0NQ.GhJkLm.${some(38)}`,
  Telegram: `123456789:AAF${some(32)}`,
  Linear: `lin_api_${some(40)}`,
  Notion: `ntn_${some(46)}`,
  Vault: `hvs.${some(90)}`,
  Databricks: `dapi${hex.slice(0, 32)}`,
  Groq: `gsk_${some(52)}`,
  Figma: `figd_${some(40)}`,
  Atlassian: `ATATT3xFfGF0${some(100)}`,
  Grafana: `glsa_${some(32)}_0123abcd`,
  Supabase: `sbp_${hex.slice(0, 40)}`,
  PlanetScale: `pscale_tkn_${some(43)}`,
  Square: `sq0atp-${some(22)}`,
  'New Relic': `NRAK-${some(27)}`,
  '1Password': `ops_eyJ${some(80)}`,
  Terraform: `${some(14)}.atlasv1.${some(67)}`,
  Doppler: `dp.pt.${some(43)}`,
  Postman: `PMAK-${hex.slice(0, 24)}-${hex.slice(0, 34)}`,
  Airtable: `pat${some(14)}.${hex.slice(0, 64)}`,
  'a variable': 'DATABASE_PASSWORD=hunter2hunter2',
  'a quoted variable': 'export DB_PASSWORD="correct horse battery"',
  'a variable in YAML': 'SESSION_SECRET: "keyboard cat 42"',
  'a small name': '"apiKey": "A1b2C3d4E5f6G7h8"',
  'another key': `OPENAI_KEY=${some(30)}`,
  'a header': `Authorization: token ${some(40)}`,
  bearer: 'Bearer abcdef0123456789',
  basic: 'basic Y3Jzcl8wMTIzNDU2Nzg5Og==',
  'a cookie': `Cookie: session=${some(20)}`,
  'an option': `--token ${some(20)}`,
  'an address': `https://x.example/a?sig=${some(30)}`,
  'a remote': 'https://x-access-token:abc@github.com/a/b',
  'a remote with a token': 'https://0123456789abcdef01234567@github.com/a/b',
  netrc: 'machine api.example.com login bob password s3cretpw',
  PEM: '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----',
};

const contexts: readonly (readonly [string, (key: string) => string])[] = [
  ['in a sentence', (key) => `It says "${key}" there.`],
  ['on a line of its own', (key) => `The file holds:\n${key}\nand no more.`],
  ['in quoted JSON', (key) => JSON.stringify({ text: `The file holds:\n${key}` })],
];

test.each(Object.entries(keys))('removes a key in any context: %s', (_, key) => {
  for (const [where, embed] of contexts) {
    const { text, count } = redactOne(embed(key));
    expect(text, where).toContain('[redacted]');
    expect(text, where).not.toContain(key);
    expect(count, where).toBeGreaterThan(0);
  }
});

test.each([
  'Basic understanding of the bearer certificates',
  'ssh://git@github.com/acme/repo.git',
  'bc-01234567-89ab-cdef-0123-456789abcdef run-01234567-89ab-cdef-0123-456789abcdef',
  's_0123456789abcdef0123456789abcdef',
  'commit 3f786850e387550fdab836ed7e6dc881de23001b',
  'const token = getNextToken1();',
  'password = process.env.DB_PASSWORD',
  'The password: see the wiki.',
  'API_KEY=$API_KEY and NPM_TOKEN=$(cat token)',
  `secret: ${'$'}{{ secrets.NPM_TOKEN }}`,
  'inputTokens: 123456, MAX_TOKEN_COUNT=4096',
  'key_name_of_the_thing_here, cursor_position_of_the_editor',
  'sk-learn-based-classification',
  'short words',
])('does not redact %s', (text) => {
  expect(redactOne(text)).toEqual({ text, count: 0 });
});

test('redacts many texts at once, and returns one result for each', () => {
  const token = `ghp_${some(36)}`;
  const texts = ['', `a ${token} and ${token}`, 'password:', 'hunter2hunter2', `${token}`];
  expect(redactAll(texts)).toEqual([
    { text: '', count: 0 },
    { text: 'a [redacted] and [redacted]', count: 2 },
    { text: 'password:', count: 0 },
    { text: 'hunter2hunter2', count: 0 },
    { text: '[redacted]', count: 1 },
  ]);
  expect(redactOne('[redacted] already').count).toBe(0);
});

test('cannot be disabled by a comment in the text', () => {
  expect(redact(`// secretlint-disable\nghp_${some(36)}`)).toContain('[redacted]');
});

test('searches in linear time, for any input', () => {
  const search = createRedactor(() => []);
  // In quadratic time, each of these would exceed the time limit of a test.
  for (const part of [
    'a.',
    'a-b+',
    'a://b:',
    '-eyJ',
    'sk-',
    'TOKEN_',
    'password: a',
    '\\n',
    'MAAAA.',
    'A',
  ]) {
    expect(search([part.repeat(2e5)])[0]?.text.length, part).toBeGreaterThan(0);
  }
});
