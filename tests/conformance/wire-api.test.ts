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

  it('accepts Bearer and Basic, and answers a nested 401 without a key', async () => {
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

  it('answers a create with the full agent, ACTIVE, and its run, CREATING', async () => {
    const metadata = { session: 's_1' };
    const { body, agentId, runId } = await harness.create(script('say hi'), { metadata });
    expect(body).toMatchObject({
      agent: {
        id: agentId,
        status: 'ACTIVE',
        latestRunId: runId,
        name: 'Scripted agent',
        metadata,
        autoCreatePR: false,
      },
      run: { id: runId, agentId, status: 'CREATING' },
    });
    expect(agentId).toMatch(/^bc-[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    expect(runId).toMatch(/^run-[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
  });

  it('shows lean agents in lists: IDLE after the run, no repositories', async () => {
    const { agentId } = await finish('say hi');
    const { body } = await harness.call('GET', '/v1/agents?limit=1');
    const [item] = (body as { items: Item[] }).items;
    expect(item).toMatchObject({ id: agentId, status: 'IDLE' });
    expect(item).not.toHaveProperty('repos');
    expect(item).not.toHaveProperty('autoCreatePR');
  });

  it('pages newest first and leaves nextCursor out at the end', async () => {
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

  it('accepts undocumented fields and never echoes secrets', async () => {
    const { body } = await harness.create(script('say hi'), {
      agentId: mintId(),
      runEnvVars: { TOKEN: 'hidden-value' },
      openAsCursorGithubApp: true,
      agentServeAgent: 'slug',
      somethingNew: 1,
      mcpServers: [{ name: 'm', url: 'https://example.invalid', headers: { a: 'hidden-header' } }],
    });
    expect(body).toMatchObject({ agent: { openAsCursorGithubApp: true } });
    const everything = JSON.stringify([
      body,
      (await harness.call('GET', '/rehearsal/ledger')).body,
    ]);
    expect(everything).not.toMatch(/hidden-value|hidden-header|slug"/);
  });

  it.each([
    ['an empty prompt', { prompt: { text: '' } }],
    ['no prompt', { prompt: undefined }],
    ['a long name', { name: 'x'.repeat(101) }],
    ['a bad agent id', { agentId: 'my-id' }],
    ['an id with variables', { agentId: mintId(), envVars: { A: 'b' } }],
    ['a reserved variable', { envVars: { CURSOR_X: 'b' } }],
    ['an empty variable', { envVars: { A: '' } }],
    ['a long variable', { envVars: { A: 'x'.repeat(4_097) } }],
    ['a long variable name', { envVars: { ['x'.repeat(256)]: 'y' } }],
    [
      'too many variables',
      { envVars: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`A${n}`, 'x'])) },
    ],
    ['too many repositories', { repos: Array.from({ length: 21 }, () => ({ url: '/x' })) }],
    ['a repository without url', { repos: [{ startingRef: 'main' }] }],
    ['a git helper', { repos: [{ url: 'ext::sh -c id' }] }],
    ['an option as url', { repos: [{ url: '--upload-pack=id' }] }],
    [
      'two repositories on a machine',
      { env: { type: 'machine' }, repos: [{ url: '/a' }, { url: '/b' }] },
    ],
    ['a named environment with repos', { env: { type: 'cloud', name: 'x' } }],
    ['a reviewer option alone', { skipReviewerRequest: true }],
    [
      'six images',
      {
        prompt: {
          text: 'x',
          images: Array.from({ length: 6 }, () => ({ url: 'https://e.invalid' })),
        },
      },
    ],
    [
      'an image both ways',
      {
        prompt: {
          text: 'x',
          images: [{ url: 'https://e.invalid', data: 'aa', mimeType: 'image/png' }],
        },
      },
    ],
    [
      'a built-in subagent name',
      { customSubagents: [{ name: 'explore', description: 'd', prompt: 'p' }] },
    ],
    [
      'two equal servers',
      {
        mcpServers: [
          { name: 'a', command: 'x' },
          { name: 'a', command: 'y' },
        ],
      },
    ],
    ['an odd server', { mcpServers: [{ name: 'a', command: 'x', cwd: '/' }] }],
    ['an unknown mode', { mode: 'ask' }],
  ])('refuses %s', async (_, change) => {
    const request = { prompt: { text: 'x' }, repos: [{ url: harness.repository }], ...change };
    const { status, body } = await harness.call('POST', '/v1/agents', request);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'validation_error' } });
  });

  it('names what is wrong: no body, model, branch, repository, pull request', async () => {
    const codeOf = async (change: object) => {
      const request = { prompt: { text: 'x' }, repos: [{ url: harness.repository }], ...change };
      const { status, body } = await harness.call('POST', '/v1/agents', request);
      return [status, (body as { error: { code: string } }).error.code];
    };
    const { body } = await harness.call('POST', '/v1/agents');
    expect(body).toMatchObject({ error: { code: 'missing_body' } });
    expect(await codeOf({ model: { id: 'nope' } })).toEqual([400, 'invalid_model']);
    const url = harness.repository;
    expect(await codeOf({ repos: [{ url, startingRef: 'nope' }] })).toEqual([
      400,
      'invalid_branch_name',
    ]);
    expect(await codeOf({ repos: [{ url: '/does/not/exist' }] })).toEqual([
      400,
      'repository_access',
    ]);
    const prUrl = 'https://github.com/o/r/pull/1';
    expect(await codeOf({ repos: [{ url, prUrl }] })).toEqual([400, 'pr_resolution_failed']);
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

  it('ignores the idempotency key, and notes it', async () => {
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

  it('finds the agents of a pull request', async () => {
    const { agentId, runId } = await harness.create(script('write a.txt x'), {
      autoCreatePR: true,
    });
    await harness.stream(agentId, runId);
    const run = await harness.call('GET', `/v1/agents/${agentId}/runs/${runId}`);
    const { git } = run.body as { git: { branches: { prUrl: string; branch: string }[] } };
    const prUrl = String(git.branches[0]?.prUrl);
    const { body } = await harness.call('GET', `/v1/agents?prUrl=${encodeURIComponent(prUrl)}`);
    expect((body as { items: Item[] }).items.map(({ id }) => id)).toEqual([agentId]);
    const onTop = await harness.create(script('write b.txt y'), {
      repos: [{ url: harness.repository, prUrl }],
      workOnCurrentBranch: true,
    });
    await harness.stream(onTop.agentId, onTop.runId);
    expect(harness.git('show', `${git.branches[0]?.branch}:b.txt`)).toBe('y\n');
  });

  it('starts from a commit id', async () => {
    const sha = harness.git('rev-parse', 'main').trim();
    const repos = [{ url: harness.repository, startingRef: sha }];
    const { agentId, runId } = await harness.create(script('write a.txt x', 'say ok'), { repos });
    const { frames } = await harness.stream(agentId, runId);
    expect(frames.at(-2)?.data).toMatchObject({ status: 'FINISHED', text: 'ok' });
  });

  it('works in several repositories and in none', async () => {
    const { makeRepository } = await import('./harness.ts');
    const second = makeRepository(`${harness.folder}/second`);
    const repos = [{ url: harness.repository }, { url: second }];
    const both = await harness.create(script('write repository/a.txt 1', 'write second/b.txt 2'), {
      repos,
    });
    await harness.stream(both.agentId, both.runId);
    const { body } = await harness.call('GET', `/v1/agents/${both.agentId}/runs/${both.runId}`);
    const { git } = body as { git: { branches: { repoUrl: string }[] } };
    expect(git.branches.map(({ repoUrl }) => repoUrl)).toEqual([harness.repository, second]);
    const none = await harness.create('Just think.', { repos: [] });
    const { frames } = await harness.stream(none.agentId, none.runId);
    expect(frames.at(-2)?.data).toMatchObject({ status: 'FINISHED' });
    expect(none.body).toMatchObject({ agent: { repos: [] } });
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

  it('answers side traffic at once and unknown addresses with a nested 404', async () => {
    const exchange = await harness.call('POST', '/auth/exchange_user_api_key', {});
    expect(exchange.body).toHaveProperty('accessToken');
    const rpc = await harness.call('POST', '/aiserver.v1.DashboardService/GetUserPrivacyMode', {});
    expect(rpc.status).toBe(404);
    expect(await harness.call('GET', '/v1/nothing')).toMatchObject({
      status: 404,
      body: { error: {} },
    });
  });

  it('answers this machine only', async () => {
    const foreign = await harness.call('GET', '/rehearsal/ledger', undefined, {
      origin: 'https://evil.invalid',
    });
    expect(foreign.status).toBe(403);
  });
});

describe('switches of the rehearsal cloud', () => {
  it('refuses commit ids in strict mode, and limits the repository list', async () => {
    const harness = await startHarness({ strictSha: true, limitRepositories: true });
    const sha = harness.git('rev-parse', 'main').trim();
    const repos = [{ url: harness.repository, startingRef: sha }];
    const refused = await harness.call('POST', '/v1/agents', { prompt: { text: 'x' }, repos });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'validation_error' } } });
    expect((await harness.call('GET', '/v1/repositories')).status).toBe(200);
    const limited = await harness.call('GET', '/v1/repositories');
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(50);
    await harness.call('POST', '/rehearsal/time', { jump: '61s' });
    expect((await harness.call('GET', '/v1/repositories')).status).toBe(200);
    await harness.close();
  });
});
