import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, script, startHarness } from './harness.ts';

describe('the unmodified SDK against the rehearsal cloud', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({ repositories: [{ url: 'https://github.com/owner/name' }] });
  });
  afterAll(() => harness.close());

  const createAgent = (more: object = {}) => {
    const { sdk, apiKey, repository } = harness;
    return sdk.Agent.create({
      apiKey,
      name: 'Writer',
      cloud: { repos: [{ url: repository }], ...more },
    });
  };

  it('creates an agent that works on its own branch and reports', async () => {
    const agent = await createAgent({ autoCreatePR: true });
    const run = await agent.send('# Task\n\nWrite a note.');
    const result = await run.wait();
    expect(result.status).toBe('finished');
    expect(result.result).toContain('I finished "Writer"');
    const branch = result.git?.branches[0];
    expect(branch?.repoUrl).toBe(harness.repository);
    expect(branch?.branch).toMatch(/^cursor\/writer-[0-9a-f]{4}$/);
    expect(harness.git('log', '--format=%an', '-1', String(branch?.branch))).toBe(
      'Rehearsal Agent\n',
    );
    const pull = await fetch(String(branch?.prUrl));
    expect(pull.status).toBe(200);
    expect(pull.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await pull.text()).toContain('notes/writer-');
    await agent[Symbol.asyncDispose]();
  });

  it('streams every message, delta and tool call, and the usage', async () => {
    const agent = await createAgent();
    const deltas: { type: string; text?: string }[] = [];
    const prompt = script(
      'think I wonder',
      'read README.md',
      'write a.txt hi',
      'say Hello big world',
    );
    const run = await agent.send(prompt, { onDelta: ({ update }) => void deltas.push(update) });
    const messages = [];
    for await (const message of run.stream()) messages.push(message);
    const result = await run.wait();
    const text = deltas.filter(({ type }) => type === 'text-delta').map((delta) => delta.text);
    expect(text.join('')).toBe('Hello big world');
    expect(result.result).toBe('Hello big world');
    const tools = messages.filter((message) => message.type === 'tool_call');
    expect(tools.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'read_file running',
      'read_file completed',
      'edit_file running',
      'edit_file completed',
      'run_terminal_cmd running',
      'run_terminal_cmd completed',
    ]);
    // The SDK drops every update that does not fit its schema: all kinds must have come through.
    expect([...new Set(deltas.map(({ type }) => type))].sort()).toEqual([
      'step-completed',
      'step-started',
      'text-delta',
      'thinking-completed',
      'thinking-delta',
      'token-delta',
      'tool-call-completed',
      'tool-call-started',
      'turn-ended',
      'user-message-appended',
    ]);
    expect(run.usage?.outputTokens).toBeGreaterThan(0);
    const conversation = await run.conversation();
    expect(JSON.stringify(conversation)).toContain('Hello big world');
    await agent[Symbol.asyncDispose]();
  });

  it('continues the same workspace and branch with a follow-up', async () => {
    const agent = await createAgent();
    const first = await (await agent.send(script('write a.txt one', 'say one'))).wait();
    const second = await (await agent.send(script('append a.txt two', 'say two'))).wait();
    expect(second.git).toEqual(first.git);
    const branch = second.git?.branches[0]?.branch;
    expect(harness.git('show', `${branch}:a.txt`)).toBe('one\ntwo\n');
    await agent[Symbol.asyncDispose]();
  });

  it('refuses a second run while one is active', async () => {
    const agent = await createAgent();
    const run = await agent.send(script('wait 1h'));
    await expect(agent.send('another')).rejects.toMatchObject({ name: 'AgentBusyError' });
    await run.cancel();
    await agent[Symbol.asyncDispose]();
  });

  it('cancels a run, takes a new one at once, and refuses to cancel an ended one', async () => {
    const agent = await createAgent();
    const run = await agent.send(script('wait 1h'));
    await run.cancel();
    expect((await run.wait()).status).toBe('cancelled');
    const next = await agent.send(script('say still here'));
    expect((await next.wait()).result).toBe('still here');
    const { Agent } = harness.sdk;
    const options = { runtime: 'cloud', agentId: agent.agentId, apiKey: harness.apiKey } as const;
    await expect(Agent.cancelRun(next.id, options)).rejects.toMatchObject({
      code: 'run_not_cancellable',
    });
    await agent[Symbol.asyncDispose]();
  });

  it('finds a run again by its id and streams it from the start', async () => {
    const agent = await createAgent();
    const run = await agent.send(script('say once more'));
    await run.wait();
    const { Agent } = harness.sdk;
    const options = { runtime: 'cloud', agentId: agent.agentId, apiKey: harness.apiKey } as const;
    const again = await Agent.getRun(run.id, options);
    expect((await again.wait()).result).toBe('once more');
    const runs = await Agent.listRuns(agent.agentId, { runtime: 'cloud', apiKey: harness.apiKey });
    expect(runs.items.map(({ id }) => id)).toEqual([run.id]);
    await agent[Symbol.asyncDispose]();
  });

  it('lists and downloads artifacts', async () => {
    const agent = await createAgent();
    await (
      await agent.send(script('artifact notes/plan.txt "two\\nlines"', 'artifact big.bin 3MB'))
    ).wait();
    const artifacts = await agent.listArtifacts();
    expect(artifacts.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ['artifacts/big.bin', 3 * 1024 * 1024],
      ['artifacts/notes/plan.txt', 9],
    ]);
    expect((await agent.downloadArtifact('artifacts/notes/plan.txt')).toString()).toBe(
      'two\nlines',
    );
    expect((await agent.downloadArtifact('artifacts/big.bin')).length).toBe(3 * 1024 * 1024);
    await agent[Symbol.asyncDispose]();
  });

  it('reports usage with cost', async () => {
    const agent = await createAgent();
    const run = await agent.send(script('say a few words'));
    await run.wait();
    const { body } = await harness.call('GET', `/v1/agents/${agent.agentId}/usage?runId=${run.id}`);
    const { totalUsage, cost, runs } = body as {
      totalUsage: Record<string, number>;
      cost: Record<string, number>;
      runs: { id: string }[];
    };
    const { totalTokens, ...parts } = totalUsage;
    expect(totalTokens).toBe(Object.values(parts).reduce((sum, value) => sum + value, 0));
    expect(cost.chargedCents).toBeGreaterThan(0);
    expect(runs.map(({ id }) => id)).toEqual([run.id]);
    await agent[Symbol.asyncDispose]();
  });

  it('archives, unarchives, lists and deletes', async () => {
    const { Agent } = harness.sdk;
    const options = { apiKey: harness.apiKey };
    const agent = await createAgent({ metadata: { purpose: 'archive' } });
    const id = agent.agentId;
    await (await agent.send(script('say hi'))).wait();
    await Agent.archive(id, options);
    expect(await Agent.get(id, options)).toMatchObject({ archived: true });
    await expect(agent.send('again')).rejects.toMatchObject({ code: 'agent_archived' });
    await Agent.unarchive(id, options);
    const listed = await Agent.list({ runtime: 'cloud', ...options });
    expect(listed.items[0]).toMatchObject({ agentId: id, metadata: { purpose: 'archive' } });
    await Agent.delete(id, options);
    await expect(Agent.get(id, options)).rejects.toMatchObject({ code: 'agent_not_found' });
    await agent[Symbol.asyncDispose]();
  });

  it('returns the owner of the key, the models and the repositories', async () => {
    const { Cursor } = harness.sdk;
    const options = { apiKey: harness.apiKey };
    expect(await Cursor.me(options)).toMatchObject({ apiKeyName: 'Rehearsal' });
    const models = await Cursor.models.list(options);
    expect(models[0]).toMatchObject({ id: 'default' });
    expect(await Cursor.repositories.list(options)).toEqual([
      { url: 'https://github.com/owner/name' },
    ]);
  });

  it('checks the model by its id or an alias', async () => {
    const { Agent } = harness.sdk;
    const cloud = { repos: [{ url: harness.repository }] };
    const create = (id: string) => Agent.create({ apiKey: harness.apiKey, cloud, model: { id } });
    const agent = await create('composer-2');
    expect((await (await agent.send(script('say ok'))).wait()).status).toBe('finished');
    await agent[Symbol.asyncDispose]();
    await expect(create('no-such-model')).rejects.toMatchObject({ code: 'invalid_model' });
  });
});
