import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CursorCloudRuntime,
  createCursorCloudRuntime,
} from '../../src/runtimes/cursor-cloud/runtime.ts';
import type { LaunchRequest } from '../../src/runtimes/turn-requests.ts';
import {
  agentId,
  answer,
  runId,
  type ScriptedCloud,
  startScriptedCloud,
  wireAgent,
  wireRun,
} from './scripted-cloud.ts';

const request: LaunchRequest = {
  threadId: agentId,
  name: 'Reviewer',
  prompt: 'Read the code.',
  repositories: [{ url: 'https://github.com/o/r', startingRef: 'main' }],
  autoCreatePr: false,
  metadata: { cerevisorAttempt: '1' },
};
const SECRET = 'crsr_very_secret';

let cloud: ScriptedCloud;
let provider: CursorCloudRuntime;
let key: string | null;

beforeEach(async () => {
  cloud = await startScriptedCloud();
  key = SECRET;
  provider = createCursorCloudRuntime({
    apiKey: () => key,
    backendUrl: cloud.url,
    isRehearsal: true,
  });
});
afterEach(async () => {
  await provider.close();
  await cloud.close();
});

const created = (fields: Record<string, unknown> = {}) => ({
  agent: wireAgent(fields),
  run: wireRun('CREATING'),
});
const posts = () =>
  cloud.seen.filter(({ method, path }) => method === 'POST' && path === '/v1/agents');

describe('a launch', () => {
  it('creates the agent with our id, repositories, metadata and without a pull request', async () => {
    cloud.on('POST /v1/agents', (_, response) => answer(response, 201, created()));
    const outcome = await provider.launch(request);
    expect(outcome).toEqual({
      kind: 'launched',
      turn: { threadId: agentId, turnId: runId, status: 'CREATING', branches: [] },
      agentUrl: `https://cursor.com/agents/${agentId}`,
      adopted: false,
    });
    const body = JSON.parse(posts()[0]?.body ?? '');
    expect(body).toMatchObject({
      agentId,
      name: 'Reviewer',
      prompt: { text: 'Read the code.' },
      repos: [{ url: 'https://github.com/o/r', startingRef: 'main' }],
      autoCreatePR: false,
      metadata: { cerevisorAttempt: '1', cerevisor: '1' },
    });
    expect(posts()[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
  });

  it('never opens a stream, because the handle is closed at once', async () => {
    cloud.on('POST /v1/agents', (_, response) => answer(response, 201, created()));
    await provider.launch(request);
    await provider.account(); // any later exchange with the host: what it wanted to send has gone out by now
    expect(cloud.seen.filter(({ path }) => path.endsWith('/stream'))).toEqual([]);
  });

  it('sends only the create request once the host is warm', async () => {
    cloud.on('GET /v1/me', (_, response) => answer(response, 200, { apiKeyName: 'k' }));
    cloud.on('POST /v1/agents', (_, response) => answer(response, 201, created()));
    await provider.warm();
    const before = cloud.seen.length;
    await provider.launch(request);
    expect(cloud.seen[before]?.path).toBe('/v1/agents');
  });

  it('is unknown when the response is lost, and adopts on the retry', async () => {
    cloud.on('POST /v1/agents', (_, response) => void response.destroy());
    expect(await provider.launch(request)).toMatchObject({
      kind: 'unknown',
      error: { code: 'unreachable' },
    });
    cloud.on('POST /v1/agents', (_, response) =>
      answer(response, 409, { error: { code: 'agent_id_conflict', message: 'taken' } }),
    );
    cloud.on(`GET /v1/agents/${agentId}`, (_, response) =>
      answer(response, 200, wireAgent({ metadata: { cerevisorAttempt: '1' } })),
    );
    cloud.on(`GET /v1/agents/${agentId}/runs/${runId}`, (_, response) =>
      answer(response, 200, wireRun('FINISHED', { result: 'done long ago' })),
    );
    expect(await provider.launch(request)).toMatchObject({
      kind: 'launched',
      adopted: true,
      turn: { turnId: runId, status: 'FINISHED', result: 'done long ago' },
    });
  });

  it('does not adopt an agent that carries the metadata of something else', async () => {
    cloud.on('POST /v1/agents', (_, response) =>
      answer(response, 409, { error: { code: 'agent_id_conflict', message: 'taken' } }),
    );
    cloud.on(`GET /v1/agents/${agentId}`, (_, response) =>
      answer(
        response,
        200,
        wireAgent({ metadata: { cerevisorAttempt: '7' }, latestRunId: undefined }),
      ),
    );
    expect(await provider.launch(request)).toMatchObject({ kind: 'rejected' });
  });

  it.each([
    [500, { error: { code: 'internal_error', message: 'oops' } }, 'unknown', 'unreachable'],
    [502, '<html>Bad gateway</html>', 'unknown', 'unreachable'],
    [503, '', 'unknown', 'unreachable'],
    [201, '<html>Sign in to the hotel network</html>', 'unknown', 'protocol'],
    [403, '<html>Blocked by your proxy</html>', 'unknown', 'unreachable'],
    [429, { error: 'Too Many Requests', message: 'slow down' }, 'wait', 'rate_limited'],
    [429, { error: { code: 'usage_limit_exceeded', message: 'limit' } }, 'wait', 'usage_limit'],
    [401, { error: { code: 'unauthorized', message: 'bad key' } }, 'wait', 'unauthorized'],
    [403, { error: { code: 'plan_required', message: 'pay' } }, 'rejected', 'forbidden'],
    [
      400,
      { error: { code: 'validation_error', message: 'startingRef must be a branch' } },
      'rejected',
      'invalid_request',
    ],
    [
      400,
      { error: { code: 'repository_access', message: 'no' } },
      'rejected',
      'repository_unavailable',
    ],
    [400, { error: { code: 'new_code', message: 'no' } }, 'rejected', 'invalid_request'],
  ])('answered with %i %j is %s (%s)', async (status, body, kind, code) => {
    cloud.on('POST /v1/agents', (_, response) =>
      answer(response, status, body, { 'retry-after': '7' }),
    );
    const outcome = await provider.launch(request);
    expect(outcome).toMatchObject({ kind, error: { code } });
    if (status === 429) expect(outcome).toMatchObject({ error: { retryAfterMs: 7000 } });
  });

  it('passes on MCP servers in the format of workflows', async () => {
    cloud.on('POST /v1/agents', (_, response) => answer(response, 201, created()));
    await provider.launch({
      ...request,
      mcpServers: [{ name: 'docs', type: 'http', url: 'https://example.com/mcp' }],
    });
    expect(JSON.parse(posts()[0]?.body ?? '')).toMatchObject({
      mcpServers: [{ name: 'docs', type: 'http', url: 'https://example.com/mcp' }],
    });
  });

  it('passes on where to connect GitHub', async () => {
    const helpUrl = 'https://cursor.com/dashboard?tab=integrations';
    cloud.on('POST /v1/agents', (_, response) =>
      answer(response, 403, {
        error: {
          code: 'integration_not_connected',
          message: 'Connect GitHub',
          helpUrl,
          provider: 'github',
        },
      }),
    );
    expect(await provider.launch(request)).toMatchObject({
      kind: 'rejected',
      error: { code: 'integration_not_connected', message: 'Connect GitHub', helpUrl },
    });
  });

  it('names close models when the model is unknown, and creates nothing', async () => {
    cloud.on('GET /v1/models', (_, response) =>
      answer(response, 200, {
        items: [
          { id: 'claude-sonnet-4-6', displayName: 'Sonnet' },
          { id: 'composer-2.5', displayName: 'Composer', aliases: ['composer'] },
        ],
      }),
    );
    const outcome = await provider.launch({ ...request, model: 'claude-sonnet-9' });
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'invalid_model' } });
    expect(outcome).toHaveProperty(
      'error.suggestion',
      expect.stringContaining('claude-sonnet-4-6'),
    );
    expect(posts()).toEqual([]);
  });

  it('waits when Cursor cannot be reached at all', async () => {
    await cloud.close();
    expect(await provider.launch(request)).toMatchObject({
      kind: 'wait',
      error: { code: 'unreachable' },
    });
  });

  it('waits for a key when none is set', async () => {
    key = null;
    expect(await provider.launch(request)).toMatchObject({
      kind: 'wait',
      error: { code: 'unauthorized' },
    });
  });

  it('accepts a key with a stray newline, but none with invalid characters', async () => {
    cloud.on('POST /v1/agents', (_, response) => answer(response, 201, created()));
    key = `${SECRET}\n`;
    expect(await provider.launch(request)).toMatchObject({ kind: 'launched' });
    expect(posts()[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
    key = 'schlüssel';
    expect(await provider.launch(request)).toMatchObject({
      kind: 'wait',
      error: { code: 'unauthorized' },
    });
  });

  it('is rejected at once when the prompt is empty', async () => {
    expect(await provider.launch({ ...request, prompt: '' })).toMatchObject({
      kind: 'rejected',
      error: { code: 'invalid_request' },
    });
    expect(posts()).toEqual([]);
  });

  it('uses a new process after waking from sleep', async () => {
    cloud.on('POST /v1/agents', (_, response) => answer(response, 201, created()));
    await provider.launch(request);
    const before = provider.hostPid();
    provider.wake();
    await provider.launch(request);
    expect(provider.hostPid()).not.toBe(before);
  });

  it('is rejected, not repeated, when the backend ignores our id', async () => {
    cloud.on('POST /v1/agents', (_, response) =>
      answer(response, 201, created({ id: 'bc-99999999-2222-4333-8444-555555555555' })),
    );
    expect(await provider.launch(request)).toMatchObject({
      kind: 'rejected',
      error: { code: 'protocol' },
    });
  });

  it('adopts the agent of an earlier lost attempt even when this attempt is refused', async () => {
    cloud.on('POST /v1/agents', (_, response) =>
      answer(response, 400, { error: { code: 'validation_error', message: 'no longer valid' } }),
    );
    cloud.on(`GET /v1/agents/${agentId}`, (_, response) => answer(response, 200, wireAgent()));
    cloud.on(`GET /v1/agents/${agentId}/runs/${runId}`, (_, response) =>
      answer(response, 200, wireRun('RUNNING')),
    );
    expect(await provider.launch(request)).toMatchObject({ kind: 'launched', adopted: true });
  });
});
