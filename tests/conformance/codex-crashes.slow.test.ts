import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRehearsal } from '../../rehearsal/server.ts';
import { readProcesses } from '../../src/runner/processes/process-table.ts';
import type { StartThread } from '../../src/runtimes/local/start-requests.ts';
import { readItem } from '../../src/transcript/item.ts';
import { API_KEY, ASK_ALL, cachedCodex, SCRIPTING_MODEL } from '../../testing/codex-host.ts';
import { killProcess } from '../../testing/kill-process.ts';
import {
  endOfTurn,
  linesOfTurn,
  newThreadId,
  RunnerWorld,
  startRequest,
  turnIdOf,
} from '../../testing/local/runner-world.ts';
import { script } from '../../testing/local-host.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import { until } from '../../testing/until.ts';

const codex = await cachedCodex();
const sums = {
  command: process.execPath,
  args: [fileURLToPath(new URL('../../testing/codex-mcp-server.mjs', import.meta.url))],
};

/** The real runner with the real Codex: who ends whom, what is told, and that nothing is done twice. */
describe.skipIf(codex === null)('Codex under a runner', () => {
  const cloudHome = mkdtempSync(join(tmpdir(), 'codex-cloud-'));
  let rehearsal: Awaited<ReturnType<typeof startRehearsal>>;
  let world: RunnerWorld;
  beforeAll(async () => {
    rehearsal = await startRehearsal({ home: cloudHome, paceMs: 0, idleMinutes: 0 });
  });
  beforeEach(() => {
    world = new RunnerWorld({}, 'product');
  });
  afterEach(() => world[Symbol.asyncDispose]());
  afterAll(async () => {
    await rehearsal.close();
    removeFolder(cloudHome);
  });

  const secrets = { apiKey: API_KEY, mcpServers: { sums } };
  function folderOf(threadId: string): string {
    const folder = world.file(threadId);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
  function requestOf(
    threadId: string,
    prompt: string,
    permissions?: StartThread['thread']['permissions'],
  ): StartThread {
    const { thread: asked, turn } = startRequest(folderOf(threadId), threadId, []);
    const { permissions: _, ...thread } = asked;
    return {
      thread: {
        ...thread,
        harness: 'codex',
        workspace: { ...thread.workspace, agentId: threadId },
        connection: {
          baseUrl: `${rehearsal.url}/openai/v1`,
          api: 'responses',
          program: { path: codex?.path ?? '', version: codex?.version ?? '' },
        },
        ...(permissions === undefined ? {} : { permissions }),
      },
      turn: { ...turn, prompt, model: SCRIPTING_MODEL },
      secrets,
    };
  }
  async function start(...request: Parameters<typeof requestOf>): Promise<void> {
    const answer = await world.client.startThread(request[0], requestOf(...request));
    if (!answer.ok) throw new Error(answer.error.message);
  }
  const resumeTurn = (threadId: string) => `${turnIdOf(threadId)}-again`;
  async function resume(threadId: string) {
    const prompt = await until(async () => {
      const answer = await world.client.resumePrompt(threadId, turnIdOf(threadId));
      return answer.ok ? answer.value : null;
    });
    return takeTurn(threadId, prompt, 'resume');
  }
  async function takeTurn(threadId: string, prompt: string, purpose = 'message') {
    const turn = { turnId: resumeTurn(threadId), prompt, purpose };
    const answer = await world.client.startTurn(threadId, { turn, secrets });
    if (!answer.ok) throw new Error(answer.error.message);
    return endOfTurn(world.client, threadId, turn.turnId);
  }
  async function itemsOf(threadId: string, turnId = turnIdOf(threadId)) {
    const lines = await linesOfTurn(world.client, threadId, { turnId });
    return lines.flatMap((line) =>
      'item' in line ? [readItem(line.item.kind, JSON.parse(line.item.dataText))] : [],
    );
  }
  const read = (threadId: string, name: string) => {
    const file = join(folderOf(threadId), name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  async function processNamed(name: string): Promise<number | undefined> {
    const rows = await readProcesses();
    const host = rows.find(({ parentPid }) => parentPid === world.pid);
    if (name === 'host') return host?.pid;
    return rows.find((row) => row.parentPid === host?.pid && row.name === name)?.pid;
  }

  /** What was done before, a tool that runs until it is ended, and what is still to be done. */
  const inTool = script(
    'run echo one >> done',
    'run if [ -e again ]; then echo two >> done; else touch again; (setsid sleep 600 &) ; echo begun > begun; sleep 600; fi',
    'run echo three >> done',
    'say Done.',
  );

  const kills: readonly (readonly [string, () => Promise<void>])[] = [
    ['the runner', () => world.killRunner()],
    ['the host', async () => killProcess(await processNamed('host'))],
    ['Codex', async () => killProcess(await processNamed('codex'))],
  ];

  describe.each(kills)('when %s is killed', (_, end) => {
    it('during a tool call: the call is reported, nothing keeps running, and the work is resumed without a repeated effect', async () => {
      const [one, two] = [newThreadId(), newThreadId()];
      for (const threadId of [one, two]) await start(threadId, inTool);
      for (const threadId of [one, two]) await until(() => read(threadId, 'begun') !== '');
      await end();
      for (const threadId of [one, two]) {
        const turn = await endOfTurn(world.client, threadId);
        expect(turn).toMatchObject({ status: 'INTERRUPTED' });
        expect(turn.unfinishedCalls).toMatchObject([{ name: 'shell' }]);
        await until(async () => (await world.processesOf(threadId)).length === 0);
      }
      for (const threadId of [one, two]) {
        expect(await resume(threadId)).toMatchObject({ status: 'FINISHED', result: 'Done.' });
        expect(read(threadId, 'done')).toBe('one\ntwo\nthree\n');
      }
    });

    it('during an open request: it is withdrawn, never answered, and requested again', async () => {
      const threadId = newThreadId();
      await start(threadId, script('run echo x >> done', 'say Done.'), ASK_ALL);
      await until(async () => (await openRequest(threadId)) !== null);
      await end();
      expect(await endOfTurn(world.client, threadId)).toMatchObject({ status: 'INTERRUPTED' });
      expect(read(threadId, 'done')).toBe('');
      const ended = resume(threadId);
      const asked = await until(() => openRequest(threadId, resumeTurn(threadId)));
      await world.client.answerRequest(threadId, resumeTurn(threadId), asked, {
        decision: 'allow',
        scope: 'once',
      });
      expect(await ended).toMatchObject({ status: 'FINISHED' });
      expect(read(threadId, 'done')).toBe('x\n');
    });
  });

  /** The request that waits, by what a reader of the turn sees. */
  async function openRequest(
    threadId: string,
    turnId = turnIdOf(threadId),
  ): Promise<string | null> {
    const found: string[] = [];
    const turn = await world.client.readTurn(threadId, turnId);
    if (!turn.ok || turn.value.status !== 'RUNNING') return null;
    await linesOfTurn(world.client, threadId, {
      turnId,
      shouldContinue: (line) => {
        if ('request' in line) found.push(line.request.requestId);
        return found.length === 0 && !('heartbeat' in line) && !('end' in line);
      },
    });
    return found[0] ?? null;
  }

  it('continues when the daemon is gone, and reports everything to the next daemon', async () => {
    const threadId = newThreadId();
    await start(
      threadId,
      script('run echo x >> done; until [ -e go ]; do sleep 0.1; done', 'say Done.'),
    );
    await until(() => read(threadId, 'done') !== '');
    await world.client.close();
    world.client = world.newClient();
    expect(await world.client.readTurn(threadId, turnIdOf(threadId))).toMatchObject({
      ok: true,
      value: { status: 'RUNNING' },
    });

    writeFileSync(join(folderOf(threadId), 'go'), '');
    expect(await endOfTurn(world.client, threadId)).toMatchObject({ status: 'FINISHED' });
    const items = await itemsOf(threadId);
    expect(items.filter(({ kind }) => kind === 'tool-call')).toHaveLength(2);
    expect(read(threadId, 'done')).toBe('x\n');
  });

  it('cancels with all background processes, does not affect other threads, and accepts a further turn with its servers', async () => {
    const [threadId, other] = [newThreadId(), newThreadId()];
    for (const one of [threadId, other]) await start(one, inTool);
    for (const one of [threadId, other]) await until(() => read(one, 'begun') !== '');
    await world.client.cancel(threadId, turnIdOf(threadId));
    expect(await endOfTurn(world.client, threadId)).toMatchObject({ status: 'CANCELLED' });
    expect(await world.processesOf(threadId)).toEqual([]);
    expect((await world.processesOf(other)).length).toBeGreaterThan(0);
    const next = await takeTurn(
      threadId,
      script('mcp sums add {"a": 1, "b": 2}', 'say Still here.'),
    );
    expect(next).toMatchObject({ status: 'FINISHED', result: 'Still here.' });
    const items = await itemsOf(threadId, resumeTurn(threadId));
    expect(JSON.stringify(items)).toContain(`3  ${threadId}`);
    expect(await world.client.readTurn(other, turnIdOf(other))).toMatchObject({
      ok: true,
      value: { status: 'RUNNING' },
    });
  });
});
