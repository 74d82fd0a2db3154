import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRedactor } from '../lib/redact.ts';
import { logFile, openLog } from './log.ts';

test('redacts keys in the log, and counts them in each line', () => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-log-'));
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const log = openLog(
    home,
    createRedactor(() => ['our own key']),
  );
  log.warn({ error: new Error(`Refused:\n${token}`), apiKey: 'abc' }, `said\t${token}`);
  log.info({ port: 4780 }, 'started with our own key');
  log.info({ port: 4780 }, 'started');
  const text = readFileSync(logFile(home), 'utf8');
  expect(text).not.toMatch(/ghp_|our own key|abc/);
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  // In the message and the stack of the error, in a field, and in the log message.
  expect(lines.map(({ redactions }) => redactions)).toEqual([4, 1, undefined]);
  expect(lines[2]).toMatchObject({ level: 30, msg: 'started', port: 4780 });
  rmSync(home, { recursive: true });
});
