import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, script, startHarness } from './harness.ts';

type Json = Record<string, unknown>;

/** Requests as other people's clients send them: written from Cursor's documentation, without the SDK. */
describe("requests from Cursor's documentation", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({
      models: [
        { id: 'gpt-99' },
        { id: 'gpt-98', parameters: [{ id: 'reasoning', values: ['low'] }] },
      ],
      pools: ['gpu'],
      allowRun: true,
    });
  });
  afterAll(() => harness.close());

  const create = (change: Json) =>
    harness.call('POST', '/v1/agents', {
      prompt: { text: script('say ok') },
      repos: [{ url: harness.repository }],
      ...change,
    });
  const messageOf = (body: Json) => (body as { error: { message: string } }).error.message;
  const branches = () => harness.git('branch', '--list', 'cursor/*');

  it.each<[string, Json]>([
    ['the first example', { model: { id: 'composer-2', params: [{ id: 'fast', value: 'true' }] } }],
    [
      'a reasoning effort',
      { model: { id: 'composer-2.5', params: [{ id: 'thinking', value: 'high' }] } },
    ],
    ['a retired name', { model: { id: 'composer-2-fast' } }],
    [
      'a model of its time',
      { model: { id: 'gpt-5.5', params: [{ id: 'reasoning', value: 'high' }] } },
    ],
    ['no parameters', { model: { id: 'claude-opus-4-7', params: [] } }],
    [
      'a model of this account',
      { model: { id: 'gpt-99', params: [{ id: 'any', value: 'thing' }] } },
    ],
    [
      'a reviewer option without a pull request',
      { autoCreatePR: false, skipReviewerRequest: true },
    ],
    ['a reviewer option alone', { skipReviewerRequest: true }],
    ['the default pool', { env: { type: 'pool' } }],
    ['a pool of this account', { env: { type: 'pool', name: 'gpu' } }],
    [
      'a subagent that inherits',
      {
        customSubagents: [{ name: 'tester', description: 'd', prompt: 'p', model: 'inherit' }],
      },
    ],
    ['variables', { envVars: { STAGING_TOKEN: 'x' } }],
  ])('accepts %s', async (_, change) => {
    expect((await create(change)).status).toBe(201);
  });

  it('lists the models it accepts, with their parameters', async () => {
    const { body } = await harness.call('GET', '/v1/models');
    const { items } = body as { items: { id: string; parameters?: { id: string }[] }[] };
    expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(['gpt-5.5', 'gpt-99']));
    const composer = items.find(({ id }) => id === 'composer-2.5');
    expect(composer?.parameters?.map(({ id }) => id)).toEqual(['fast', 'thinking']);
  });

  it('reports the parameter if the parameter is invalid', async () => {
    const paramsOf = (id: string, param: string, value: string) => ({
      model: { id, params: [{ id: param, value }] },
    });
    const unknown = await create(paramsOf('composer-2', 'speed', 'high'));
    expect(messageOf(unknown.body)).toBe(
      "model.params.0.id: Model 'composer-2' has no parameter 'speed'. Its parameters: fast, thinking",
    );
    const wrong = await create(paramsOf('composer-2', 'fast', 'maybe'));
    expect(messageOf(wrong.body)).toContain("'fast' of model 'composer-2' cannot be 'maybe'");
    const limited = await create(paramsOf('gpt-98', 'reasoning', 'high'));
    expect(limited).toMatchObject({ status: 400, body: { error: { code: 'validation_error' } } });
    const pool = await create({ env: { type: 'pool', name: 'cpu' } });
    expect(messageOf(pool.body)).toContain(
      "Pool 'cpu' not found. Pools of this account: default, gpu",
    );
  });

  it('changes nothing in git in plan mode, and stays in it until another mode is set', async () => {
    const before = branches();
    const text = script('write a.txt x', 'run touch b.txt', 'say the plan');
    const { body } = await create({ prompt: { text }, mode: 'plan', autoCreatePR: true });
    const { agent, run } = body as { agent: { id: string }; run: { id: string } };
    await harness.stream(agent.id, run.id);
    const planned = await harness.call('GET', `/v1/agents/${agent.id}/runs/${run.id}`);
    expect(planned.body).toMatchObject({ status: 'FINISHED', result: 'the plan' });
    expect(planned.body).not.toHaveProperty('git');
    const next = async (change: Json) => {
      const answer = await harness.call('POST', `/v1/agents/${agent.id}/runs`, {
        prompt: { text },
        ...change,
      });
      const created = (answer.body as { run: { id: string } }).run;
      await harness.stream(agent.id, created.id);
      return created.id;
    };
    await next({});
    expect(branches()).toBe(before);
    await next({ mode: 'agent' });
    expect(branches()).not.toBe(before);
  });

  it('passes variables to the shell: those of the agent, and those of one run before them', async () => {
    const show = script('run echo "$SHARED $OWN" > seen.txt', 'say ok');
    const { body } = await create({
      prompt: { text: show },
      envVars: { SHARED: 'all', OWN: 'agent' },
    });
    const { agent, run } = body as { agent: { id: string }; run: { id: string } };
    const seen = async (runId: string) => {
      await harness.stream(agent.id, runId);
      const record = await harness.call('GET', `/v1/agents/${agent.id}/runs/${runId}`);
      const { git } = record.body as { git: { branches: { branch: string }[] } };
      return harness.git('show', `${git.branches[0]?.branch}:seen.txt`).trim();
    };
    expect(await seen(run.id)).toBe('all agent');
    const followUp = await harness.call('POST', `/v1/agents/${agent.id}/runs`, {
      prompt: { text: show },
      envVars: { OWN: 'run' },
    });
    expect(await seen((followUp.body as { run: { id: string } }).run.id)).toBe('all run');
    expect(JSON.stringify(body)).not.toContain('SHARED');
  });

  it('answers according to a registered script, so that a program that requires a format can succeed', async () => {
    const answer = 'Reviewed.\n\n```json\n{"verdict": "approve"}\n```\n\nREVIEW-COMPLETE';
    const register = (body: Json) => harness.call('POST', '/rehearsal/scripts', body);
    const match = { text: 'verdict*json block', nth: 2 };
    expect((await register({ match, answer })).status).toBe(201);
    await register({
      match: { agent: 'Fixer' },
      script: 'write fix.txt x\nsay fixed',
      answer: 'OK',
    });
    const ask = async (text: string, name: string) => {
      const { body } = await create({ prompt: { text }, name });
      const { agent, run } = body as { agent: { id: string }; run: { id: string } };
      const { frames } = await harness.stream(agent.id, run.id);
      return frames.findLast(({ event }) => event === 'result')?.data.text;
    };
    const prompt = 'Review it. Give your verdict in a JSON block and end with REVIEW-COMPLETE.';
    expect(await ask(prompt, 'Reviewer')).not.toBe(answer);
    expect(await ask(prompt, 'Reviewer')).toBe(answer);
    expect(await ask(prompt, 'Reviewer')).not.toBe(answer);
    expect(await ask('Fix it.', 'Fixer')).toBe('OK');
    const { body } = await harness.call('GET', '/rehearsal/scripts');
    expect(body).toMatchObject({
      items: [
        { seen: 3, fired: 1 },
        { seen: 1, fired: 1 },
      ],
    });
    const bad = await register({ script: 'dance' });
    expect(bad.status).toBe(400);
    expect(messageOf(bad.body)).toContain('"dance" is not an instruction');
    expect((await harness.call('DELETE', '/rehearsal/scripts')).body).toEqual({ cleared: 2 });
  });

  it('runs the program of the README', async () => {
    const readme = readFileSync('rehearsal/README.md', 'utf8');
    const program = /````js\n([\s\S]*?)\n````\n/.exec(readme)?.[1] ?? '';
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { env: { ...process.env, CURSOR_BACKEND_URL: harness.url } },
    );
    expect(stdout).toBe('round 1: rework\nround 2: approve\n');
  });

  it.each([
    ['POST', '/v0/agents', 'Use /v1/agents'],
    ['POST', '/v0/agents/bc_abc/followup', 'POST /v1/agents/{id}/runs'],
    ['GET', '/v0/agents/bc_abc/conversation', '/stream'],
    ['GET', '/v0/models', 'same name under /v1'],
    ['GET', '/v0/private-workers', 'no workers'],
    ['GET', '/v0', 'Use /v1'],
  ])('answers %s %s with what to call in v1', async (method, path, expected) => {
    const { status, body } = await harness.call(method, path);
    expect(status).toBe(501);
    expect(messageOf(body)).toContain('supports v1');
    expect(messageOf(body)).toContain(expected);
  });
});
