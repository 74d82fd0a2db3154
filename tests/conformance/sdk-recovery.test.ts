import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, mintId, script, startHarness } from './harness.ts';

describe('the unmodified SDK when things go wrong', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.clearFaults());
  afterAll(() => harness.close());

  const createAgent = (more: object = {}) => {
    const { sdk, apiKey, repository } = harness;
    return sdk.Agent.create({ apiKey, cloud: { repos: [{ url: repository }] }, ...more });
  };

  it('uses the agent id that the caller chose, and says when it is taken', async () => {
    const agentId = mintId();
    const first = await createAgent({ agentId });
    expect(first.agentId).toBe(agentId);
    await (await first.send(script('say one'))).wait();
    const second = await createAgent({ agentId });
    await expect(second.send('two')).rejects.toMatchObject({ code: 'agent_id_conflict' });
    expect((await harness.ledgerOf(agentId)).creates).toEqual({
      asked: 2,
      accepted: 1,
      conflicted: 1,
    });
    expect((await harness.ledgerOf(agentId)).idChosenBy).toBe('client');
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
  });

  it('adopts the run of a create request whose response was lost; the second prompt is not delivered', async () => {
    const agentId = mintId();
    await harness.addFault({ operation: 'createAgent', nth: 1 }, { kind: 'reset', when: 'after' });
    const agent = await createAgent({ agentId });
    await expect(agent.send(script('say the first prompt'))).rejects.toMatchObject({
      name: 'NetworkError',
    });
    const run = await agent.send(script('say the second prompt'));
    expect((await run.wait()).result).toBe('the first prompt');
    const { creates, runs } = await harness.ledgerOf(agentId);
    expect(creates).toEqual({ asked: 2, accepted: 1, conflicted: 1 });
    expect(runs).toHaveLength(1);
    await agent[Symbol.asyncDispose]();
  });

  it('a create request that was lost has no effect', async () => {
    const agentId = mintId();
    await harness.addFault({ operation: 'createAgent', nth: 1 }, { kind: 'reset', when: 'before' });
    const agent = await createAgent({ agentId });
    await expect(agent.send('lost')).rejects.toMatchObject({ name: 'NetworkError' });
    expect((await harness.call('GET', `/v1/agents/${agentId}`)).status).toBe(404);
    expect((await (await agent.send(script('say arrived'))).wait()).result).toBe('arrived');
    await agent[Symbol.asyncDispose]();
  });

  it('a stream cut in the middle of a frame is resumed without loss or repetition', async () => {
    const words = Array.from({ length: 40 }, (_, index) => `w${index}`).join(' ');
    await harness.addFault({ operation: 'streamRun', nth: 1 }, { kind: 'cut', afterBytes: 3_000 });
    const agent = await createAgent();
    // The SDK asks for the record first and stops reading when the run is over, so it must still be going.
    const run = await agent.send(script(`say ${words}`, 'wait 1h', 'say . The end.'));
    let text = '';
    const read = async () => {
      for await (const message of run.stream()) {
        if (message.type !== 'assistant') continue;
        for (const block of message.message.content) if (block.type === 'text') text += block.text;
      }
    };
    const reading = read();
    const runInLedger = async () => (await harness.ledgerOf(agent.agentId)).runs[0];
    await expect.poll(async () => (await runInLedger())?.streamConnects.length).toBe(2);
    // A jump of the clock counts only for a wait that has begun, so it is repeated.
    const jump = async () => {
      await harness.call('POST', '/rehearsal/time', { jump: '1h' });
      return (await runInLedger())?.status;
    };
    await expect.poll(jump).toBe('FINISHED');
    await reading;
    expect(text).toBe(`${words}. The end.`);
    const connects = (await harness.ledgerOf(agent.agentId)).runs[0]?.streamConnects ?? [];
    expect(connects.map(({ lastEventId }) => lastEventId !== null)).toEqual([false, true]);
    await agent[Symbol.asyncDispose]();
  });

  it.each([
    [{ kind: 'error', code: 'stream_expired' }],
    [{ kind: 'error', code: 'stream_unavailable' }],
    [{ kind: 'error', code: 'rate_limit_exceeded', retryAfterSeconds: 1 }],
    [{ kind: 'stream-error' }],
    [{ kind: 'no-result' }],
  ])('a run ends well although its stream does not: %j', async (effect) => {
    await harness.addFault({ operation: 'streamRun', nth: 1 }, effect);
    const agent = await createAgent();
    const run = await agent.send(script('say done'));
    expect(await run.wait()).toMatchObject({ status: 'finished', result: 'done' });
    await agent[Symbol.asyncDispose]();
  });

  it.each([
    ['AuthenticationError', { kind: 'error', code: 'unauthorized' }],
    ['RateLimitError', { kind: 'error', code: 'rate_limit_exceeded', retryAfterSeconds: 2 }],
    ['RateLimitError', { kind: 'error', code: 'Too Many Requests', status: 429, flat: true }],
    ['RateLimitError', { kind: 'error', code: 'usage_limit_exceeded' }],
    ['ConfigurationError', { kind: 'error', code: 'validation_error' }],
    ['NetworkError', { kind: 'error', code: 'internal_error' }],
    ['NetworkError', { kind: 'error', code: 'upstream_error' }],
    ['NetworkError', { kind: 'reset' }],
    ['NetworkError', { kind: 'html', status: 502 }],
    ['UnknownAgentError', { kind: 'error', code: 'plan_required' }],
    ['UnknownAgentError', { kind: 'html', status: 200 }],
    [
      'IntegrationNotConnectedError',
      {
        kind: 'error',
        code: 'integration_not_connected',
        helpUrl: 'https://cursor.com/dashboard',
        provider: 'github',
      },
    ],
  ])('throws %s for %j', async (name, effect) => {
    await harness.addFault({ operation: 'createAgent', nth: 1 }, effect);
    const agent = await createAgent();
    await expect(agent.send('x')).rejects.toMatchObject({ name });
    await agent[Symbol.asyncDispose]();
  });

  it('maps a failed and an expired run to an error', async () => {
    const failing = await createAgent();
    expect((await (await failing.send(script('fail no luck'))).wait()).status).toBe('error');
    const expiring = await createAgent();
    expect((await (await expiring.send(script('expire'))).wait()).status).toBe('error');
    await failing[Symbol.asyncDispose]();
    await expiring[Symbol.asyncDispose]();
  });

  it('sends agent-wide variables without an id and takes the id of the server', async () => {
    const { sdk, apiKey, repository } = harness;
    const agent = await sdk.Agent.create({
      apiKey,
      cloud: { repos: [{ url: repository }], envVars: { TOKEN: 'hidden-value' } },
    });
    await (await agent.send(script('say hi'))).wait();
    const ledger = await harness.ledgerOf(agent.agentId);
    expect(ledger.idChosenBy).toBe('server');
    expect(JSON.stringify(ledger)).not.toContain('hidden-value');
    await agent[Symbol.asyncDispose]();
  });
});
