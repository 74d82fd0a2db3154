import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { removeFolder } from '../../testing/remove-folder.ts';

/** A Node on this machine that is too old for the programs, so that the launcher hands over to another one. */
const olderNode = (process.env.PATH ?? '')
  .split(path.delimiter)
  .map((folder) => path.join(folder, 'node'))
  .find((node) => {
    const { status, stdout } = spawnSync(node, ['-p', 'process.versions.node'], {
      encoding: 'utf8',
    });
    return status === 0 && Number(stdout.split('.')[0]) < 22;
  });
const hasTerminal = spawnSync('script', ['--version']).status === 0;

test.skipIf(olderNode === undefined || !hasTerminal)(
  'one Ctrl-C in a terminal reaches the program once, also through the launcher of an older Node',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cerevisor-launcher-'));
    const program = path.join(folder, 'program.mjs');
    const starter = path.join(folder, 'starter.mjs');
    const launcher = new URL('../../bin/launch.mjs', import.meta.url).href;
    // It asks its launcher to end it: by then a signal that was passed on would have come before this one.
    writeFileSync(
      program,
      `let presses = 0;
      process.on('SIGINT', () => { presses += 1; process.kill(process.ppid, 'SIGTERM'); });
      process.on('SIGTERM', () => { console.log('presses: ' + presses); process.exit(0); });
      setInterval(() => undefined, 1000);
      console.log('ready on ' + process.versions.node);`,
    );
    writeFileSync(
      starter,
      `import { run } from ${JSON.stringify(launcher)};
      await run(new URL('./program.mjs', import.meta.url), ['24.0.0']);`,
    );
    const terminal = spawn('script', ['-qec', `${olderNode} ${starter}`, '/dev/null']);
    const isClosed = once(terminal, 'close');
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
    });
    await expect.poll(() => shown).toContain('ready on 24');
    terminal.stdin.write('\u0003');
    await isClosed;
    expect(shown).toContain('presses: 1');
    removeFolder(folder);
  },
);
