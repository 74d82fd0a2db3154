import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, makeRepository, mintId, script, startHarness } from './harness.ts';

type Item = { id: string; status: string };

describe('creating an agent on the wire', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.clearFaults());
  afterAll(() => harness.close());

  it('responds to a create request with the full agent, ACTIVE, and its run, CREATING', async () => {
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
    ['an unknown pool', { env: { type: 'pool', name: 'no-such-pool' } }],
    ['a variable with a NUL', { envVars: { A: 'a\0b' } }],
    [
      'an unknown model parameter',
      { model: { id: 'composer-2', params: [{ id: 'speed', value: 'x' }] } },
    ],
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

  it('reports what is missing or wrong: body, model, branch, repository, pull request', async () => {
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
