import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, script, startHarness } from './harness.ts';

describe('records with faults', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.clearFaults());
  afterAll(() => harness.close());

  const finish = async (...lines: string[]) => {
    const { agentId, runId } = await harness.create(script(...lines), { autoCreatePR: true });
    const { frames } = await harness.stream(agentId, runId);
    const get = async (path: string) =>
      (await harness.call('GET', `/v1/agents/${agentId}${path}`)).body;
    return { agentId, runId, frames, get, run: () => get(`/runs/${runId}`) };
  };

  it('a record stays RUNNING although the run is over', async () => {
    const { run } = await finish('say hi');
    await harness.addFault({ operation: 'getRun', times: 1 }, { kind: 'frozen-record' });
    expect(await run()).toMatchObject({ status: 'RUNNING' });
    expect(await run()).toMatchObject({ status: 'FINISHED' });
  });

  it('an agent is hidden from the list, or gone', async () => {
    const { agentId, get } = await finish('say hi');
    const list = async () => JSON.stringify((await harness.call('GET', '/v1/agents')).body);
    await harness.addFault({ agent: agentId, times: 1 }, { kind: 'hidden' });
    expect(await list()).not.toContain(agentId);
    expect(await list()).toContain(agentId);
    await harness.addFault({ agent: agentId }, { kind: 'gone' });
    expect(await get('')).toMatchObject({ error: { code: 'agent_not_found' } });
    expect(await get('/artifacts')).toMatchObject({ error: { code: 'agent_not_found' } });
  });

  it('the branch or the pull request is missing', async () => {
    const { run } = await finish('write a.txt x');
    await harness.addFault({ operation: 'getRun', nth: 1 }, { kind: 'no-branch' });
    expect(await run()).not.toHaveProperty('git');
    await harness.addFault({ operation: 'getRun', nth: 1 }, { kind: 'no-pull-request' });
    expect(JSON.stringify(await run())).not.toContain('prUrl');
    expect(JSON.stringify(await run())).toContain('prUrl');
  });

  it('a run ends as EXPIRED', async () => {
    await harness.addFault(
      { agent: 'Scripted agent', nth: 1 },
      { kind: 'end-run', status: 'EXPIRED' },
    );
    const { frames, run } = await finish('say hi');
    expect(frames.at(-2)?.data).toMatchObject({ status: 'EXPIRED' });
    expect(await run()).toMatchObject({ status: 'EXPIRED' });
  });

  it('usage is forbidden, or its cost comes late', async () => {
    const { get } = await finish('say hi');
    await harness.addFault(
      { operation: 'getUsage', nth: 1 },
      { kind: 'error', code: 'feature_unavailable' },
    );
    expect(await get('/usage')).toMatchObject({ error: { code: 'feature_unavailable' } });
    await harness.addFault({ operation: 'getUsage' }, { kind: 'late-cost', ms: 60_000 });
    expect(await get('/usage')).not.toHaveProperty('cost');
    await harness.call('POST', '/rehearsal/time', { jump: '61s' });
    expect(await get('/usage')).toHaveProperty('cost');
  });

  it('artifacts are missing, late, wrongly described, or strangely named', async () => {
    const { get } = await finish('artifact a.txt hello');
    const items = async () =>
      (await get('/artifacts')).items as { path: string; sizeBytes: number }[];
    await harness.addFault({ operation: 'listArtifacts', nth: 1 }, { kind: 'no-artifacts' });
    expect(await items()).toEqual([]);
    await harness.addFault(
      { operation: 'listArtifacts', times: 2 },
      { kind: 'late-artifacts', ms: 90_000 },
    );
    expect(await items()).toEqual([]);
    await harness.call('POST', '/rehearsal/time', { jump: '2m' });
    expect(await items()).toHaveLength(1);
    await harness.addFault(
      { operation: 'listArtifacts', nth: 1 },
      { kind: 'artifact-size', sizeBytes: 1 },
    );
    expect((await items())[0]?.sizeBytes).toBe(1);
    await harness.addFault({ operation: 'listArtifacts', nth: 1 }, { kind: 'hostile-artifacts' });
    const paths = (await items()).map(({ path }) => path);
    expect(paths).toContain('artifacts/../../outside.txt');
    const hostile = encodeURIComponent('artifacts/../../outside.txt');
    const { url } = await get(`/artifacts/download?path=${hostile}`);
    expect((await (await fetch(String(url))).arrayBuffer()).byteLength).toBe(64);
  });

  it('a link is expired from the start, or never ends', async () => {
    const { get } = await finish('artifact a.txt hello');
    const link = async () => String((await get('/artifacts/download?path=artifacts/a.txt')).url);
    await harness.addFault({ operation: 'linkArtifact', nth: 1 }, { kind: 'expired-link' });
    expect((await fetch(await link())).status).toBe(403);
    await harness.addFault({ operation: 'linkArtifact', nth: 1 }, { kind: 'endless-artifact' });
    const { body } = await fetch(await link());
    let read = 0;
    for await (const bytes of body ?? []) {
      read += bytes.length;
      if (read > 20_000_000) break;
    }
    expect(read).toBeGreaterThan(20_000_000);
  });

  it('a response is slow, hangs, or is not JSON', async () => {
    const { run } = await finish('say hi');
    // Gives up long before either would answer.
    const ask = () =>
      fetch(`${harness.url}/v1/me`, {
        headers: { authorization: 'Bearer k' },
        signal: AbortSignal.timeout(150),
      });
    await harness.addFault({ path: '/v1/me', nth: 1 }, { kind: 'delay', ms: 600_000 });
    await expect(ask()).rejects.toThrow();
    await harness.addFault({ path: '/v1/me', nth: 1 }, { kind: 'hang' });
    await expect(ask()).rejects.toThrow();
    await harness.addFault({ operation: 'getRun', nth: 1 }, { kind: 'delay', ms: 50 });
    expect(await run()).toHaveProperty('status');
    await harness.addFault({ operation: 'getRun', nth: 1 }, { kind: 'malformed' });
    expect(await run()).toHaveProperty('notJson');
  });

  it('faults are listed, counted, and refused when they are invalid', async () => {
    await harness.addFault(
      { operation: 'getMe', nth: 2 },
      { kind: 'error', code: 'internal_error' },
    );
    const statuses = [];
    for (let turn = 0; turn < 3; turn += 1)
      statuses.push((await harness.call('GET', '/v1/me')).status);
    expect(statuses).toEqual([200, 500, 200]);
    const { body } = await harness.call('GET', '/rehearsal/faults');
    expect(body).toMatchObject({ items: [{ seen: 3, fired: 1 }] });
    for (const effect of [{ kind: 'nonsense' }, { kind: 'error', code: 'my_own' }]) {
      expect((await harness.call('POST', '/rehearsal/faults', { effect })).status).toBe(400);
    }
  });
});
