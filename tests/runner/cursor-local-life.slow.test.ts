import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostThread } from '../../src/runner/harness/harness.ts';
import { HostWorld, script, type TestHost } from '../../testing/local-host.ts';
import { removeFolder } from '../../testing/remove-folder.ts';

let world: HostWorld;
beforeAll(async () => {
  world = await HostWorld.start();
});
afterAll(() => world.close());

const isAlive = (pid: string) => existsSync(`/proc/${pid}`);
const fileIn = ({ cwd }: HostThread, name: string) => join(cwd, name);
const read = (thread: HostThread, name: string) =>
  readFileSync(fileIn(thread, name), 'utf8').trim();
const said = ({ items }: TestHost) =>
  items.map((item) => (item.kind === 'thinking' || item.kind === 'text' ? item.text : '')).join('');

describe('the life of a thread', () => {
  it('continues in another host with the previous conversation', async () => {
    const thread = world.newThread();
    const first = await world.open(thread);
    await first.run('# First\n\nRemember the word walnut.');
    first.send({ kind: 'close' });
    await first.exited;
    const second = await world.open({ ...thread, isNew: false });
    expect((await second.run('# Second\n\nGo on.')).end).toMatchObject({ status: 'FINISHED' });
    expect(said(second)).toContain('walnut');
  });

  it('starts from scratch if its runner expects an existing thread, and reports that the history is missing', async () => {
    const host = await world.open(world.newThread({ isNew: false }));
    const { items, end } = await host.run(script('say Hello.'));
    expect(end).toMatchObject({ status: 'FINISHED', result: 'Hello.' });
    expect(items[0]).toMatchObject({ kind: 'notice', text: expect.stringContaining('no record') });
  });

  it('continues after a crash in the middle of a call, and repeats no call that is recorded', async () => {
    const thread = world.newThread();
    const waiting = 'touch begun; [ -e go ] || sleep 600';
    const task = script(
      'run echo x >> count',
      `run ${waiting}`,
      'run echo y >> count',
      'say Done.',
    );
    const killed = await world.open(thread);
    void killed.begin({ turnId: 'turn-1', prompt: task });
    await expect.poll(() => existsSync(fileIn(thread, 'begun'))).toBe(true);
    await killed.kill();
    writeFileSync(fileIn(thread, 'go'), '');
    const line = (mark: string, command: string) =>
      `- [${mark}] shell ${JSON.stringify({ command })}`;
    const resumed = await world.open({ ...thread, isNew: false });
    const { end } = await resumed.run(
      [
        'Your previous turn was interrupted: the process ended.',
        `The task was:\n\`\`\`\`\`text\n${task}\n\`\`\`\`\``,
        'Recorded before the interruption:',
        line('done', 'echo x >> count'),
        `${line('unknown', waiting)}   (its result was not recorded: check whether it took effect before you repeat it)`,
        'Continue with what is missing. Do not repeat what is marked [done].',
      ].join('\n'),
    );
    expect(end).toMatchObject({ status: 'FINISHED', result: 'Done.' });
    expect(read(thread, 'count')).toBe('x\ny');
  });

  it('ends with everything that it started, including background processes, when its runner is gone', async () => {
    const thread = world.newThread();
    const host = await world.open(thread);
    void host.begin({
      turnId: 'turn-1',
      prompt: script(
        'run setsid sleep 600 & echo $! > background; sleep 600 & echo $! > begun; wait',
      ),
    });
    // The shell creates the file before it writes the number into it.
    await expect.poll(() => read(thread, 'begun')).not.toBe('');
    host.child.disconnect();
    await host.exited;
    for (const name of ['background', 'begun']) {
      await expect.poll(() => isAlive(read(thread, name))).toBe(false);
    }
  });

  it('reports the turn as interrupted when its process has an unhandled error', async () => {
    const thread = world.newThread();
    const host = await world.open(thread);
    const ended = host.begin({ turnId: 'turn-1', prompt: script('run touch begun; sleep 600') });
    await expect.poll(() => existsSync(fileIn(thread, 'begun'))).toBe(true);
    // No runner does this, so the host has no answer to it.
    host.send({ kind: 'turn', turnId: 'turn-2', prompt: 'one turn too many' });
    expect(await ended).toMatchObject({
      status: 'INTERRUPTED',
      failure: { code: 'host_failed', message: expect.stringContaining('unhandled error') },
    });
    await host.exited;
  });
});

describe('a sandbox', () => {
  it('confines a command to its folder if the machine supports it; otherwise the host reports that', async ({
    skip,
  }) => {
    const beyond = folderBeyondTemporary();
    if (beyond === null) return skip('The project lies in a folder for temporary files.');
    const thread = world.newThread({ sandbox: true });
    // The sandbox leaves the folders for temporary files open.
    const elsewhere = mkdtempSync(join(beyond, '.outside-'));
    const outside = join(elsewhere, 'outside');
    const host = await world.open(thread);
    const ended = host.run(script(`run touch ${outside}`, 'run touch inside'));
    const failure = await Promise.race([host.failed, ended.then(() => null)]);
    if (failure !== null) return expect(failure).toMatchObject({ code: 'sandbox_unavailable' });
    expect(existsSync(fileIn(thread, 'inside'))).toBe(true);
    expect(existsSync(outside)).toBe(false);
    removeFolder(elsewhere);
  });
});

/** A folder of this project, unless a sandbox leaves it open as one for temporary files. */
function folderBeyondTemporary(): string | null {
  const folder = join(import.meta.dirname, '../../node_modules');
  const temporary = ['/tmp', '/var/tmp', tmpdir()];
  return temporary.some((open) => folder.startsWith(`${open}/`)) ? null : folder;
}
