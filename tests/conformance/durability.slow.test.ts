import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeFolder } from '../../testing/remove-folder.ts';
import { makeRepository, readStream, script, type WireFrame } from './harness.ts';

type Program = { readonly url: string; readonly process: ChildProcess };

/** The machine may be busy; a poll ends as soon as it may. */
const patient = { timeout: 120_000 };

describe('a rehearsal cloud that is killed', () => {
  let folder: string;
  let repository: string;
  const programs: Program[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
    repository = makeRepository(join(folder, 'repository'));
  });
  afterEach(async () => {
    for (const { process } of programs.splice(0)) await kill(process);
    removeFolder(folder);
  });

  const start = async (...flags: string[]): Promise<Program> => {
    const main = resolve('rehearsal/main.ts');
    const child = spawn(process.execPath, [main, '--home', join(folder, 'home'), ...flags]);
    let output = '';
    for await (const chunk of child.stdout) {
      output += String(chunk);
      const url = /Rehearsal cloud at (\S+)/.exec(output)?.[1];
      if (url === undefined) continue;
      const program = { url, process: child };
      programs.push(program);
      return program;
    }
    throw new Error(`It did not start: ${output}`);
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const request = async (url: string, path: string, body?: object) => {
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const create = async (url: string, text: string): Promise<string> => {
    const body = { prompt: { text }, repos: [{ url: repository }] };
    const { agent, run } = (await request(url, '/v1/agents', body)) as Record<
      string,
      { id: string }
    >;
    return `${agent?.id}/runs/${run?.id}`;
  };
  const recorded = (frames: readonly WireFrame[]) => frames.filter(({ id }) => id !== undefined);

  it('continues where it stopped: every frame keeps its id, none is lost and none is repeated', async () => {
    const words = Array.from({ length: 120 }, (_, index) => `w${index}`).join(' ');
    const first = await start('--pace', '50ms');
    const run = await create(first.url, script('write a.txt x', `say ${words}`, 'say end'));
    const stream = (url: string) => readStream(`${url}/v1/agents/${run}/stream`, 'k');
    const reading = stream(first.url);
    const framesSoFar = async () => {
      const { agents } = (await request(first.url, '/rehearsal/ledger')) as {
        agents: { runs: { eventCount: number }[] }[];
      };
      return agents[0]?.runs[0]?.eventCount;
    };
    await expect.poll(framesSoFar, patient).toBeGreaterThan(60);
    await kill(first.process);
    const before = recorded((await reading).frames);

    const second = await start('--pace', '1ms');
    const after = recorded((await stream(second.url)).frames);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(before.length).toBeLessThan(after.length);
    const text = after.filter(({ event }) => event === 'assistant').map(({ data }) => data.text);
    expect(text.join('')).toBe(`${words}\n\nend`);
    const messages = after.filter(({ data }) => data.type === 'user-message-appended');
    expect(messages).toHaveLength(1);
    expect(await request(second.url, `/v1/agents/${run}`)).toMatchObject({ status: 'FINISHED' });
  });

  it('waits only for the rest of a wait', async () => {
    const first = await start('--pace', '0', '--time-scale', '1000');
    const run = await create(first.url, script('wait 2h', 'say rested'));
    await expect
      .poll(async () => (await request(first.url, `/v1/agents/${run}`)).status, patient)
      .toBe('RUNNING');
    await kill(first.process);
    const second = await start('--pace', '0', '--time-scale', '1000');
    const { frames } = await readStream(`${second.url}/v1/agents/${run}/stream`, 'k');
    const result = frames.find(({ event }) => event === 'result');
    expect(result?.data).toMatchObject({ status: 'FINISHED', text: 'rested' });
    const durationMs = Number(result?.data.durationMs);
    expect(durationMs).toBeGreaterThanOrEqual(2 * 3_600_000);
  });

  it('allows one process for each home, and reports where it runs', async () => {
    const first = await start();
    const main = resolve('rehearsal/main.ts');
    const second = spawn(process.execPath, [main, '--home', join(folder, 'home')]);
    let complaint = '';
    second.stderr.on('data', (chunk) => {
      complaint += String(chunk);
    });
    // Unlike its exit, this comes after its last output.
    const [code] = await once(second, 'close');
    expect(code).toBe(1);
    expect(complaint).toContain(first.url);
  });

  it('exits when nobody uses it', async () => {
    const { process: child } = await start('--idle-minutes', '0.005');
    const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
    expect(code).toBe(0);
  });
});
