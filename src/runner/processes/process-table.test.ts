import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { identityOf } from '../../lib/process.ts';
import { THREAD_VARIABLE } from '../harness/harness.ts';
import { readProcesses } from './process-table.ts';
import { parseEnvironments, parseTable } from './ps.ts';
import { parseRows } from './windows.ts';

test('reports a real process with its parent, start time and mark', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log(1)'], {
    env: { ...process.env, [THREAD_VARIABLE]: 'agent-7' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    if (child.stdout !== null) await once(child.stdout, 'data');
    const row = (await readProcesses()).find(({ pid }) => pid === child.pid);
    expect(row).toMatchObject({ parentPid: process.pid });
    expect(row?.began).toBe(identityOf(child.pid ?? 0).began);
    if (process.platform === 'linux') expect(row?.threadId).toBe('agent-7');
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

test('parses the output of ps on macOS', () => {
  const table = [
    '  412     1      0 Ss   Thu Nov 26 02:30:00 2026     /usr/sbin/cron',
    '  500   412      0 S+   Thu Nov  5 12:00:01 2026     /Applications/My App/bin/tool',
    '  501   412      0 Z    Thu Nov  5 12:00:01 2026     (gone)',
  ].join('\n');
  expect(parseTable(table)).toMatchObject([
    { pid: 412, parentPid: 1, began: 'Thu Nov 26 02:30:00 2026', name: '/usr/sbin/cron' },
    { pid: 500, parentPid: 412, name: '/Applications/My App/bin/tool' },
  ]);
  const environments = `  500 node x.js PATH=/bin ${THREAD_VARIABLE}=agent-7 HOME=/\n  412 cron\n`;
  expect([...parseEnvironments(environments)]).toEqual([[500, 'agent-7']]);
});

test('ignores a parent on Windows that began after its child', () => {
  const rows = parseRows(
    JSON.stringify([
      { pid: 4, parent: 0, began: '2026-11-26T01:00:00.0000000Z', name: 'System' },
      { pid: 8, parent: 4, began: '2026-11-26T02:00:00.0000000Z', name: 'node.exe' },
      { pid: 12, parent: 8, began: '2026-11-26T01:30:00.0000000Z', name: 'old.exe' },
    ]),
  );
  expect(rows.map(({ pid, parentPid }) => [pid, parentPid])).toEqual([
    [4, 0],
    [8, 4],
    [12, 0],
  ]);
});
