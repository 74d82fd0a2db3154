import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, mintId, script, startHarness } from './harness.ts';

type Item = { id: string; status: string };

describe('the API on the wire', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.clearFaults());
  afterAll(() => harness.close());

  const finish = async (...lines: string[]) => {
    const ids = await harness.create(script(...lines));
    await harness.stream(ids.agentId, ids.runId);
    return ids;
  };

  it('accepts Bearer and Basic, and responds with a nested 401 without a key', async () => {
    const basic = Buffer.from('crsr_key:').toString('base64');
    expect(
      (await harness.call('GET', '/v1/me', undefined, { authorization: `Basic ${basic}` })).status,
    ).toBe(200);
    for (const authorization of ['', 'Bearer ', 'Basic Og==', 'Digest x']) {
      const { status, body } = await harness.call('GET', '/v1/me', undefined, { authorization });
      expect(status).toBe(401);
      expect(body).toMatchObject({ error: { code: 'unauthorized' } });
    }
  });

  it('shows summaries of agents in lists: IDLE after the run, no repositories', async () => {
    const { agentId } = await finish('say hi');
    const { body } = await harness.call('GET', '/v1/agents?limit=1');
    const [item] = (body as { items: Item[] }).items;
    expect(item).toMatchObject({ id: agentId, status: 'IDLE' });
    expect(item).not.toHaveProperty('repos');
    expect(item).not.toHaveProperty('autoCreatePR');
  });

  it('pages newest first and omits nextCursor at the end', async () => {
    const ids = [await finish('say 1'), await finish('say 2'), await finish('say 3')];
    const seen: string[] = [];
    let cursor = '';
    let pages = 0;
    do {
      const { body } = await harness.call(
        'GET',
        `/v1/agents?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      const page = body as { items: Item[]; nextCursor?: string };
      seen.push(...page.items.map(({ id }) => id));
      expect(page.nextCursor).not.toBeNull();
      cursor = page.nextCursor ?? '';
      pages += 1;
    } while (cursor !== '');
    expect(pages).toBeGreaterThan(1);
    expect(seen.slice(0, 3)).toEqual(ids.map(({ agentId }) => agentId).reverse());
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('refuses unknown query keys', async () => {
    for (const query of ['name=x', 'q=x', 'status=IDLE', 'limit=0', 'limit=101', 'cursor=junk']) {
      const { status, body } = await harness.call('GET', `/v1/agents?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: { code: 'validation_error' } });
    }
    expect(JSON.stringify((await harness.call('GET', '/v1/agents?sort=x')).body)).toContain(
      'Unrecognized key',
    );
  });

  it('lists archived agents unless told otherwise', async () => {
    const { agentId } = await finish('say hi');
    for (const _ of [1, 2]) {
      expect(await harness.call('POST', `/v1/agents/${agentId}/archive`)).toMatchObject({
        status: 200,
        body: { id: agentId },
      });
    }
    const first = async (query: string) =>
      ((await harness.call('GET', `/v1/agents?limit=1${query}`)).body as { items: Item[] })
        .items[0];
    expect(await first('')).toMatchObject({ id: agentId, status: 'ARCHIVED' });
    expect((await first('&includeArchived=false'))?.id).not.toBe(agentId);
  });

  it('shows result and duration in a run, and neither in the list of runs', async () => {
    const { agentId, runId } = await finish('write a.txt x', 'say hi');
    const { body } = await harness.call('GET', `/v1/agents/${agentId}/runs/${runId}`);
    expect(body).toMatchObject({
      status: 'FINISHED',
      result: 'hi',
      durationMs: expect.any(Number),
    });
    expect(body).not.toHaveProperty('error');
    const list = await harness.call('GET', `/v1/agents/${agentId}/runs`);
    const [item] = (list.body as { items: object[] }).items;
    expect(item).toMatchObject({ id: runId, git: { branches: [{ repoUrl: harness.repository }] } });
    expect(item).not.toHaveProperty('result');
    expect(item).not.toHaveProperty('durationMs');
  });

  it('has no scheme in the repository of a branch', async () => {
    const { agentId, runId } = await harness.create(script('write a.txt x'), {
      repos: [{ url: `file://${harness.repository}` }],
    });
    await harness.stream(agentId, runId);
    const { body } = await harness.call('GET', `/v1/agents/${agentId}/runs/${runId}`);
    expect(body).toMatchObject({ git: { branches: [{ repoUrl: harness.repository }] } });
  });

  it('answers every conflict with 409 and its own code', async () => {
    const codeOf = async (method: string, path: string, body?: unknown) => {
      const answer = await harness.call(method, path, body);
      return [answer.status, (answer.body as { error?: { code: string } }).error?.code];
    };
    const agentId = mintId();
    const { runId } = await harness.create(script('wait 1h'), { agentId });
    const again = { prompt: { text: 'x' }, agentId };
    const path = `/v1/agents/${agentId}`;
    expect(await codeOf('POST', '/v1/agents', again)).toEqual([409, 'agent_id_conflict']);
    const followUp = { prompt: { text: 'x' } };
    expect(await codeOf('POST', `${path}/runs`, followUp)).toEqual([409, 'agent_busy']);
    expect(await codeOf('POST', `${path}/runs/${runId}/cancel`)).toEqual([200, undefined]);
    expect(await codeOf('POST', `${path}/runs/${runId}/cancel`)).toEqual([
      409,
      'run_not_cancellable',
    ]);
    await harness.call('POST', `${path}/archive`);
    expect(await codeOf('POST', `${path}/runs`, followUp)).toEqual([409, 'agent_archived']);
    await harness.call('DELETE', path);
    expect(await codeOf('GET', path)).toEqual([404, 'agent_not_found']);
    expect(await codeOf('POST', '/v1/agents', again)).toEqual([409, 'agent_id_conflict']);
  });

  it('ignores the idempotency key, and records it', async () => {
    const headers = { 'idempotency-key': 'key-1' };
    const request = { prompt: { text: script('say hi') } };
    const ids = [];
    for (const _ of [1, 2]) {
      const { body } = await harness.call('POST', '/v1/agents', request, headers);
      ids.push((body as { agent: Item }).agent.id);
    }
    expect(ids[0]).not.toBe(ids[1]);
    expect((await harness.ledgerOf(String(ids[0]))).idempotencyKeys).toEqual(['key-1']);
  });

  it('validates the model of a follow-up with another code than that of a create', async () => {
    const { agentId } = await finish('say hi');
    const body = { prompt: { text: 'x' }, model: { id: 'nope' } };
    const answer = await harness.call('POST', `/v1/agents/${agentId}/runs`, body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'validation_error' } } });
    expect(JSON.stringify(answer.body)).toContain('is not available or invalid');
  });

  it('links artifacts for 15 minutes, without key, and refuses paths outside of artifacts/', async () => {
    const { agentId } = await finish('artifact a.txt hello');
    const link = (path: string) =>
      harness.call(
        'GET',
        `/v1/agents/${agentId}/artifacts/download?path=${encodeURIComponent(path)}`,
      );
    for (const path of ['/opt/cursor/artifacts/a.txt', 'a.txt'])
      expect((await link(path)).status).toBe(400);
    expect((await link('artifacts/b.txt')).body).toMatchObject({
      error: { code: 'artifact_not_found' },
    });
    const { url, expiresAt } = (await link('artifacts/a.txt')).body as {
      url: string;
      expiresAt: string;
    };
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(await (await fetch(url)).text()).toBe('hello');
    expect((await fetch(url, { headers: { authorization: 'Bearer k' } })).status).toBe(400);
    expect((await fetch(url.replace('a.txt', 'c.txt'))).status).toBe(403);
    await harness.call('POST', '/rehearsal/time', { jump: '16m' });
    expect((await fetch(url)).status).toBe(403);
  });

  it('lists at most 100 artifacts', async () => {
    const lines = Array.from({ length: 105 }, (_, index) => `artifact f${index} 1KB`);
    const { agentId } = await finish(...lines);
    const { body } = await harness.call('GET', `/v1/agents/${agentId}/artifacts`);
    expect((body as { items: unknown[] }).items).toHaveLength(100);
  });

  it('responds to token exchanges at once and to unknown addresses with a nested 404', async () => {
    const exchange = await harness.call('POST', '/auth/exchange_user_api_key', {});
    expect(exchange.body).toHaveProperty('accessToken');
    const rpc = await harness.call('POST', '/aiserver.v1.DashboardService/GetUserPrivacyMode', {});
    // An empty message: every setting as it is when nobody says anything.
    expect(rpc).toMatchObject({ status: 200, body: {} });
    expect(await harness.call('GET', '/v1/nothing')).toMatchObject({
      status: 404,
      body: { error: {} },
    });
  });

  it('accepts requests only from this machine', async () => {
    const foreign = await harness.call('GET', '/rehearsal/ledger', undefined, {
      origin: 'https://evil.invalid',
    });
    expect(foreign.status).toBe(403);
  });
});
