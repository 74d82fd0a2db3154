import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Variables } from './variables.ts';

describe('variables', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'variables-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const write = (text: string, mode = 0o600) => {
    const file = join(home, 'variables.json');
    writeFileSync(file, text, { mode });
    chmodSync(file, mode);
  };

  it('come from the environment with the prefix, else from the file', () => {
    write('{"ONE": "file-one", "TWO": "file-two"}');
    const variables = new Variables(home, {
      CEREVISOR_VARIABLE_ONE: 'environment-one',
      AWS_SECRET_ACCESS_KEY: 'not-for-agents',
    });
    expect(variables.read(['ONE', 'TWO', 'AWS_SECRET_ACCESS_KEY'])).toEqual({
      values: { ONE: 'environment-one', TWO: 'file-two' },
      missing: ['AWS_SECRET_ACCESS_KEY'],
    });
    expect(variables.knownSecrets()).toEqual(['environment-one', 'file-two']);
  });

  it('are read again each time', () => {
    const variables = new Variables(home, {});
    expect(variables.read(['ONE']).missing).toEqual(['ONE']);
    write('{"ONE": "now"}');
    expect(variables.read(['ONE']).values).toEqual({ ONE: 'now' });
  });

  it.each([
    ['a file that others can read', '{"ONE": "secret-value"}', 0o644, 'chmod 600'],
    ['a file that is not JSON', '{"ONE": "secret-value"', 0o600, 'not a JSON object'],
    ['a list', '["secret-value"]', 0o600, 'not a JSON object'],
  ])('are not read from %s, and the notice contains no value', (_, text, mode, expected) => {
    write(text, mode);
    const { missing, notice } = new Variables(home, {}).read(['ONE']);
    expect(missing).toEqual(['ONE']);
    expect(notice).toContain(expected);
    expect(notice).not.toContain('secret-value');
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(4_097)],
    ['not text', 7],
    ['text with a NUL', 'a\0b'],
  ])('that are %s count as missing', (_, value) => {
    write(JSON.stringify({ ONE: value }));
    expect(new Variables(home, {}).read(['ONE']).missing).toEqual(['ONE']);
  });
});
