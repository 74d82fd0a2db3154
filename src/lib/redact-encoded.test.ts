import { expect, test } from 'vitest';
import { createRedactor } from './redact.ts';

const redactAll = createRedactor(() => ['known-secret-41']);
const redact = (text: string) => redactAll([text])[0] ?? { text: '', count: 0 };
const ESC = '\u001b';
const letters = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v2W3x4Y5z6'.repeat(2);
const some = (length: number) => letters.slice(0, length);
const hex = '0123456789abcdef'.repeat(3);
const key = `ghp_${some(36)}`;

test.each([
  ['a terminal color', `${ESC}[32m${key}${ESC}[0m`],
  ['a color in many parts', `x${ESC}[1;38;5;120m${key}${ESC}[39;49m`],
  ['a color inside it', `${key.slice(0, 9)}${ESC}[01;31m${ESC}[K${key.slice(9)}`],
  ['a color in JSON', JSON.stringify(`${ESC}[32m${key}${ESC}[0m`)],
  ['a color as shells spell it', `\\033[32m${key}\\e[0m`],
  ['a color without its escape character', `[32m${key}[0m`],
  ['a link of terminals', `${ESC}]8;;x${ESC}\\${key}`],
  ['percent encoding', `x%3D${key}%26y`],
  ['a hexadecimal escape', `\\x0a${key}`],
  ['a line break in JSON twice', JSON.stringify(JSON.stringify(`a\n${key}`))],
  ['a letter', `token${key}`],
  ['a digit', `9${key}`],
  ['a character without width before it', `a\u200b${key}`],
  ['a character without width inside it', `ghp_${some(9)}\u200b${some(36).slice(9)}`],
  ['a soft hyphen', `gh\u00adp_${some(36)}`],
  ['a line break', `${key.slice(0, 14)}\n${key.slice(14)}`],
  ['a line break and an indentation', `${key.slice(0, 30)}\r\n    ${key.slice(30)}\n`],
  ['an entity', `&quot;${key}&quot;`],
])('finds a key behind %s', (_, text) => {
  const clean = redact(text).text;
  expect(clean).toContain('[redacted]');
  for (const piece of [some(8), some(36).slice(-6)]) expect(clean).not.toContain(piece);
});

test('keeps the text around a key, including terminal codes', () => {
  expect(redact(`${ESC}[32m${key}${ESC}[0m ok`).text).toBe(`${ESC}[32m[redacted]${ESC}[0m ok`);
  expect(redact(`a%3D${key}%26b`).text).toBe('a%3D[redacted]%26b');
  expect(redact(`${key}\n${key}`)).toEqual({ text: '[redacted]\n[redacted]', count: 2 });
  expect(redact(`${ESC}[1mkno${ESC}[0mwn-secret-41`).text).toBe(`${ESC}[1m[redacted]`);
});

test.each(
  [
    `sk_live_${some(24)}`,
    `github_pat_${some(60)}`,
    `sk-ant-api03-${some(60)}`,
    `xoxb-123456789012-${some(24)}`,
    `npm_${some(36)}`,
    `glpat-${some(20)}`,
    'AKIAIOSFODNN7EXAMPLQ',
  ].map((each) => [each]),
)('finds %s directly after other characters', (each) => {
  for (const before of ['token', 'x1', '\\t', `${ESC}[0m`, '%22']) {
    expect(redact(`${before}${each} `).text).toBe(`${before}[redacted] `);
  }
});

test.each([
  ['abcdefghijklmnop', 'Authorization: Bearer abcdefghijklmnop'],
  ['abcdefghijklmnop', "curl -H 'authorization: bearer abcdefghijklmnop' https://x.example"],
  ['dXNlcjpwYXNz', 'Authorization: Basic dXNlcjpwYXNz'],
  ['dXNlcjpwYXNz', 'it sent basic dXNlcjpwYXNz there'],
  ['abcdefgh', '{"Authorization":"Token abcdefgh"}'],
  ['value', 'NAME_SECRET=value'],
  ['abc', 'DB_PASS=abc'],
  ['abc', 'export DB_PASS="abc"'],
  ['pa;ss&word|99', 'PASSWORD=pa;ss&word|99'],
  ['(abcdefghi)', 'NAME_SECRET=(abcdefghi)'],
  ['abc{def}<g>', 'NAME_SECRET=abc{def}<g>'],
  ['$abcdefgh123', 'NAME_SECRET=$abcdefgh123'],
  ['vaultpassword99', 'NAME_SECRET=vaultpassword99'],
  ['true-value-123', 'NAME_SECRET=true-value-123'],
  ['nullable99', 'NAME_SECRET=nullable99'],
  ['quoted99', 'NAME_SECRET="multi\\"quoted99"'],
  ["it's99", "NAME_SECRET=it's99"],
  ['value', 'NAME_SECRETS=value'],
  ['value', 'NAME_SECRET2=value'],
  ['value', 'NAME_SECRET += value'],
  ['value', 'NAME_SECRET ?= value'],
  ['value', 'NAME_SECRET := value'],
  ['hunter', '$' + '{DB_PASSWORD:-hunter}'],
  ['vvv', 'process.env.NAME_SECRET = "vvv"'],
  ['hunter22xx', 'NAME_SECRET: |\n  hunter22xx'],
  ['abcdef', '//registry.example/:_authToken=abcdef'],
  ['vvv', 'ENV NAME_SECRET vvv'],
  ['vvv', 'ARG NAME_SECRET=vvv'],
  ['vvv', '- name: NAME_SECRET\n  value: vvv'],
  ['vvv', '{"name": "NAME_SECRET", "value": "vvv"}'],
  ['hunter2222', '<add key="DbPassword" value="hunter2222" />'],
  ['vvv', '| NAME_SECRET | vvv |'],
  ['vvv', '| `NAME_SECRET` | `vvv` |'],
  ['vvv', '`NAME_SECRET`: `vvv`'],
  ['hunter2222', '**Password:** hunter2222'],
  ['hunter2222', 'Server=db;Pwd=hunter2222;'],
  ['hunter2222', '<password>hunter2222</password>'],
  ['hunterhunter', '<password>hunterhunter</password>'],
  ['vvv', '<NAME_SECRET>vvv</NAME_SECRET>'],
  ['abcdefgh', 'name_secret=abcdefgh'],
  ['correcthorse', 'db_password: correcthorse'],
  ['correcthorse', 'spring.datasource.password=correcthorse'],
  ['dXNlcjpwYXNz', '//registry.example/:_auth=dXNlcjpwYXNz'],
  ['dXNlcjpwYXNz', '{"auths":{"x":{"auth":"dXNlcjpwYXNz"}}}'],
  ['admin:pw', 'curl -u admin:pw https://x.example'],
  ['admin:pw', 'curl -sS --user "admin:pw" https://x.example'],
  ['1//0g', `refresh 1//0g${some(40)}`],
  ['w0rd', 'postgres://u:p@ss/w0rd@host/db'],
  ['wJalrXUtn', 'AKIAIOSFODNN7EXAMPLQ,wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzKEY1'],
  ['wJalrXUtn', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzKEY1 AKIAIOSFODNN7EXAMPLQ'],
  ['0123456789', `${hex.slice(0, 32)}-us12`],
  ['00abcdefgh', 'it sent SSWS 00abcdefgh'],
  ['squ_', `squ_${hex.slice(0, 40)}`],
  ['nfp_', `nfp_${some(36)}`],
  ['CFPAT-', `CFPAT-${some(43)}`],
  ['tfp_', `tfp_${some(44)}`],
  ['LTAI5t', `LTAI5t${some(18)}`],
  ['fm2_', `FlyV1 fm2_${some(60)}`],
])('removes %s from %s', (secret, line) => {
  for (const text of [
    line,
    `before\n${line}\nafter`,
    JSON.stringify({ text: `before\n${line}\nafter` }),
  ]) {
    const clean = redact(text).text;
    expect(clean).toContain('[redacted]');
    expect(clean).not.toContain(secret);
    if (text !== line) expect(clean).toContain('after');
  }
});

test.each([
  'password: string',
  'interface Login { readonly password: string; token?: string | null }',
  'token = getToken()',
  'const API_TOKEN = getToken();',
  'const { token } = await login(user, password);',
  'login({ username, password: form.password, token })',
  'login(password=password, token=token)',
  'class Settings: db_password: SecretStr',
  'SECRET_NAME: $' + '{{ secrets.X }}',
  'NAME_SECRET=$NAME_SECRET docker compose up',
  'DB_PASSWORD: $' + '{DB_PASSWORD}',
  'NPM_TOKEN=<your token>',
  'USE_TOKEN=true MAX_TOKENS=4096',
  'if (token === expected || password == null) throw new Error();',
  'PASSWORD_FILE=/run/secrets/password',
  'PWD=/home/user1/project',
  'The password is wrong; the token has expired.',
  'A token: what a session is known by.',
  '| Token | What it opens |',
  '| `NPM_TOKEN` | Token of the registry |',
  '<label for="password">Password</label>',
  'Authorization: Bearer <token>',
  'Authorization: Bearer $TOKEN',
  'headers: { Authorization: `Bearer $' + '{token}` }',
  'case TOKEN: return value',
  'docker run -u 1000:1000 image',
  'at AWS 3f786850e387550fdab836ed7e6dc881de23001b',
  'http://localhost:3000/@vite/client',
  'git@github.com:acme/shop.git and npm_config_registry_of_the_whole_team',
  'highs_and_lows_of_the_whole_long_year',
  '"auth": "required"',
  `${ESC}[32m✓${ESC}[0m 12 tests passed, 100%25 of them`,
  'a basic requirement, and basic authentication',
])('does not redact %s', (text) => {
  expect(redact(text)).toEqual({ text, count: 0 });
});

test('searches in linear time, for any input', () => {
  // In quadratic time, each of these would exceed the time limit of a test.
  for (const part of [
    `${ESC}[`,
    `${ESC}]`,
    '\\',
    'password=',
    'password="',
    'DB_PASSWORD | ',
    'token ',
    '<secret>',
    'ghp_a\n',
    'ghp_A1b2c3d4\n',
    'curl -u ',
    'AKIAIOSFODNN7EXAMPLQ',
    'a:b@',
    'x://a:b@',
    'a/',
    ')',
  ]) {
    expect(redact(part.repeat(1e5)).text.length, part).toBeGreaterThan(0);
  }
});
