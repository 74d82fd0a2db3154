import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRehearsal } from '../../rehearsal/server.ts';
import type { PermissionPolicy } from '../../src/permissions/tool-request.ts';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import { readProcesses } from '../../src/runner/processes/process-table.ts';
import type { LocalTurn } from '../../src/runtimes/local/protocol.ts';
import type { StartThread } from '../../src/runtimes/local/start-requests.ts';
import { CLAUDE_KEY, claude, policy } from '../../testing/claude-host.ts';
import {
  endOfTurn,
  linesOfTurn,
  newThreadId,
  RunnerWorld,
  startRequest,
  turnIdOf,
} from '../../testing/local/runner-world.ts';
import { script } from '../../testing/local-host.ts';
import { until } from '../../testing/until.ts';

describe.skipIf(claude === null)('an agent of Claude Code whose processes are killed', () => {
  let url = '';
  let closeRehearsal: () => Promise<void>;
  beforeAll(async () => {
    const world = new RunnerWorld();
    const rehearsal = await startRehearsal({ home: world.file('cloud'), paceMs: 0 });
    ({ url } = rehearsal);
    closeRehearsal = () => rehearsal.close();
  });
  afterAll(() => closeRehearsal());

  /** Begins a thread whose commands write down what they do. */
  async function begin(world: RunnerWorld, prompt: string, permissions: PermissionPolicy) {
    const threadId = newThreadId();
    const request = startRequest(world.folder, threadId, []);
    const thread: StartThread['thread'] = {
      ...request.thread,
      harness: 'claude',
      permissions: { ...permissions, rules: [...permissions.rules] },
      connection: {
        baseUrl: `${url}/anthropic`,
        api: 'anthropic-messages',
        ...(claude === null ? {} : { program: claude }),
      },
    };
    const turn = { turnId: turnIdOf(threadId), prompt };
    const answer = await world.client.startThread(threadId, {
      thread,
      turn,
      secrets: { apiKey: CLAUDE_KEY },
    });
    expect(answer).toMatchObject({ ok: true });
    return threadId;
  }

  /** Continues as the engine would: on the same thread, with a prompt from the runner's own log. */
  async function resume(world: RunnerWorld, threadId: string): Promise<string> {
    const prompt = await world.client.resumePrompt(threadId, turnIdOf(threadId));
    if (!prompt.ok) throw new Error(prompt.error.message);
    const turnId = `${turnIdOf(threadId)}-again`;
    const answer = await world.client.startTurn(threadId, {
      turn: { turnId, prompt: prompt.value, purpose: 'resume' },
      secrets: { apiKey: CLAUDE_KEY },
    });
    expect(answer).toMatchObject({ ok: true });
    return prompt.value;
  }

  const again = (threadId: string) => `${turnIdOf(threadId)}-again`;

  const hostOf = async (world: RunnerWorld, threadId: string): Promise<number> => {
    const rows = await readProcesses();
    const host = rows.find((row) => row.threadId === threadId && row.parentPid === world.pid);
    if (host === undefined) throw new Error('There is no host');
    return host.pid;
  };

  const work = script(
    'run echo first >> effects',
    'run echo second >> effects; touch begun; while [ ! -e go ]; do sleep 0.1; done',
    'run echo third >> effects',
    'say Done.',
  );

  const said = async (world: RunnerWorld, threadId: string, turnId: string) =>
    (await linesOfTurn(world.client, threadId, { turnId }))
      .flatMap((line) => ('item' in line ? line.item.dataText : []))
      .join('\n');

  async function expectResumed(world: RunnerWorld, threadId: string): Promise<LocalTurn> {
    expect(await world.processesOf(threadId)).toEqual([]);
    const prompt = await resume(world, threadId);
    expect(prompt).toMatch(/- \[done\] Bash .*first/);
    expect(prompt).toMatch(/- \[unknown\] Bash .*second/);
    writeFileSync(world.file('go'), '');
    const end = await endOfTurn(world.client, threadId, again(threadId));
    expect(end).toMatchObject({ status: 'FINISHED', result: 'Done.' });
    // Nobody knows whether the second took effect, so it is looked at again; the first is not.
    expect(world.linesIn('effects')).toEqual(['first', 'second', 'second', 'third']);
    return end;
  }

  it('is reported as interrupted when the runner was killed during a tool call, and resumed without a repeated effect', async () => {
    await using world = new RunnerWorld({}, 'product');
    const threadId = await begin(world, work, policy('allow'));
    await until(() => world.linesIn('begun').length > 0);
    await world.killRunner();
    const end = await endOfTurn(world.client, threadId);
    expect(end).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'runner_died' } });
    expect(end.unfinishedCalls).toHaveLength(1);
    const resumed = await expectResumed(world, threadId);
    expect(resumed.usage).toMatchObject({ costSource: 'reported' });
  });

  it('is reported as interrupted when its host was killed during a tool call, and resumed without a repeated effect', async () => {
    await using world = new RunnerWorld({}, 'product');
    const threadId = await begin(world, work, policy('allow'));
    await until(() => world.linesIn('begun').length > 0);
    signalProcess(await hostOf(world, threadId), 'SIGKILL');
    const end = await endOfTurn(world.client, threadId);
    expect(end).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'host_died' } });
    await expectResumed(world, threadId);
  });

  it('is found to have continued alone when runner and host were killed, and its work is not repeated', async () => {
    await using world = new RunnerWorld({}, 'product');
    const lonely = script(
      'run echo first >> effects; touch begun; while [ ! -e go ]; do sleep 0.1; done',
      'run echo alone >> effects',
      'run touch waits; while [ ! -e never ]; do sleep 0.1; done',
      'say Done.',
    );
    const threadId = await begin(world, lonely, policy('allow'));
    await until(() => world.linesIn('begun').length > 0);
    const host = await hostOf(world, threadId);
    signalProcess(world.pid, 'SIGSTOP');
    signalProcess(host, 'SIGKILL');
    await world.killRunner();
    writeFileSync(world.file('go'), '');
    // The command ends, and the model is asked what to do next. Nobody says that this may run, so it does not.
    await until(async () => (await modelRequests(threadId)) >= 2);
    const end = await endOfTurn(world.client, threadId);
    expect(end).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'runner_died' } });
    expect(await world.processesOf(threadId)).toEqual([]);
    const told = await said(world, threadId, turnIdOf(threadId));
    expect(told).toContain('the agent continued for a while after its process here had ended');
    const prompt = await resume(world, threadId);
    expect(prompt).toMatch(/- \[done\] Bash .*first/);
    expect(prompt).not.toContain('- [failed]');
    writeFileSync(world.file('never'), '');
    expect(await endOfTurn(world.client, threadId, again(threadId))).toMatchObject({
      status: 'FINISHED',
    });
    expect(world.linesIn('effects')).toEqual(['first', 'alone']);
  });

  const modelRequests = async (threadId: string): Promise<number> => {
    const answer = await fetch(`${url}/rehearsal/ledger`);
    // Our own program's answer.
    const { modelTurns } = (await answer.json()) as {
      modelTurns: { sessionKey: string; requests: unknown[] }[];
    };
    const own = modelTurns.filter(({ sessionKey }) => threadId.endsWith(sessionKey));
    return own.reduce((sum, { requests }) => sum + requests.length, 0);
  };

  const asking = script('run echo first >> effects', 'run echo asked >> effects', 'say Done.');
  const askOnce = policy('allow', {
    rules: [{ category: 'execution', pattern: 'echo asked*', decision: 'ask' }],
  });

  const openRequest = async (world: RunnerWorld, threadId: string, turnId: string) => {
    const lines = await linesOfTurn(world.client, threadId, {
      turnId,
      shouldContinue: (line) => !('request' in line),
    });
    const last = lines.at(-1);
    if (last === undefined || !('request' in last)) throw new Error('Nothing was asked');
    return last.request;
  };

  it.each(['runner', 'host'])(
    'asks again after its %s was killed in an open request',
    async (victim) => {
      await using world = new RunnerWorld({}, 'product');
      const threadId = await begin(world, asking, askOnce);
      const first = await openRequest(world, threadId, turnIdOf(threadId));
      expect(first.command).toBe('echo asked >> effects');
      if (victim === 'runner') await world.killRunner();
      else signalProcess(await hostOf(world, threadId), 'SIGKILL');
      const end = await endOfTurn(world.client, threadId);
      expect(end.status).toBe('INTERRUPTED');
      expect(world.linesIn('effects')).toEqual(['first']);
      const prompt = await resume(world, threadId);
      expect(prompt).toMatch(/- \[done\] Bash .*first/);
      expect(prompt).not.toMatch(/- \[(done|failed|unknown)\] Bash .*asked/);
      const second = await openRequest(world, threadId, again(threadId));
      expect(second.command).toBe('echo asked >> effects');
      await world.client.answerRequest(threadId, again(threadId), second.requestId, {
        decision: 'allow',
        scope: 'once',
      });
      expect(await endOfTurn(world.client, threadId, again(threadId))).toMatchObject({
        status: 'FINISHED',
        result: 'Done.',
      });
      expect(world.linesIn('effects')).toEqual(['first', 'asked']);
    },
  );

  it('continues when its daemon was killed: another daemon receives everything, and answers', async () => {
    await using world = new RunnerWorld({}, 'product');
    const threadId = await begin(world, asking, askOnce);
    const first = await openRequest(world, threadId, turnIdOf(threadId));
    await world.client.close();
    world.client = world.newClient();
    expect(await openRequest(world, threadId, turnIdOf(threadId))).toEqual(first);
    await world.client.answerRequest(threadId, turnIdOf(threadId), first.requestId, {
      decision: 'deny',
      scope: 'once',
      note: 'Leave it.',
    });
    const end = await endOfTurn(world.client, threadId);
    expect(end).toMatchObject({ status: 'FINISHED', result: 'Done.' });
    expect(world.linesIn('effects')).toEqual(['first']);
    expect(await said(world, threadId, turnIdOf(threadId))).toContain('Leave it.');
  });
});
