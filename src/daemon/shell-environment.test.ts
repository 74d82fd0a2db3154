import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { compareEnvironment, type DaemonEnvironment } from './shell-environment.ts';

const token = 'the-token-of-this-daemon';
const hashOf = (key: string, by = token) => createHmac('sha256', by).update(key).digest('hex');
const rehearsal: DaemonEnvironment = {
  key: 'crsr_rehearsal',
  keySource: 'rehearsal',
  backend: { kind: 'rehearsal', url: 'http://127.0.0.1:4790' },
  environment: {},
};
const cursor: DaemonEnvironment = {
  key: 'crsr_mine',
  keySource: 'environment',
  backend: { kind: 'cursor', url: 'https://api.cursor.com' },
  environment: { CURSOR_API_KEY: 'crsr_mine' },
};
const differing = (shell: object, daemon: DaemonEnvironment) =>
  compareEnvironment(shell, daemon, token).differs;

test('reports no difference for a shell that sets nothing', () => {
  expect(differing({}, rehearsal)).toEqual([]);
  expect(differing({}, cursor)).toEqual([]);
});

test('reports a key that the daemon does not use, with any backend', () => {
  expect(differing({ keyHash: hashOf('crsr_mine') }, cursor)).toEqual([]);
  expect(differing({ keyHash: hashOf('crsr_other') }, cursor)).toEqual(['CURSOR_API_KEY']);
  expect(differing({ keyHash: hashOf('crsr_mine') }, rehearsal)).toEqual(['CURSOR_API_KEY']);
  expect(differing({ keyHash: hashOf('crsr_rehearsal') }, rehearsal)).toEqual([]);
  expect(differing({ keyHash: hashOf('crsr_mine') }, { ...cursor, key: null })).toEqual([
    'CURSOR_API_KEY',
  ]);
});

test('rejects a hash with another token, and an invalid hash', () => {
  for (const keyHash of [hashOf('crsr_mine', 'another token'), '', 'zz', hashOf('crsr_mine', '')])
    expect(differing({ keyHash }, cursor)).toEqual(['CURSOR_API_KEY']);
});

test('treats equivalent addresses as equal', () => {
  for (const backendUrl of ['https://API.cursor.com', 'https://api.cursor.com:443//'])
    expect(differing({ backendUrl }, cursor)).toEqual([]);
  expect(differing({ backendUrl: 'http://localhost:4790/' }, rehearsal)).toEqual([]);
  for (const backendUrl of ['http://127.0.0.1:4791', 'https://api.cursor.com', 'cursor', '/'])
    expect(differing({ backendUrl }, rehearsal)).toEqual(['CURSOR_BACKEND_URL']);
});

test("lists the variables from the daemon's environment, but never a key", () => {
  const compared = compareEnvironment({ keyHash: hashOf('crsr_other') }, cursor, token);
  expect(compared).toMatchObject({ keySource: 'environment', taken: ['CURSOR_API_KEY'] });
  expect(JSON.stringify(compared)).not.toContain('crsr_');
});
