import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CursorCloudRuntime,
  createCursorCloudRuntime,
} from '../../src/runtimes/cursor-cloud/runtime.ts';
import {
  agentId,
  answer,
  runId,
  type ScriptedCloud,
  startScriptedCloud,
  wireAgent,
  wireRun,
} from './scripted-cloud.ts';

const otherRunId = 'run-00000000-7777-4888-8999-aaaaaaaaaaaa';
const RUNS = `/v1/agents/${agentId}/runs`;
let cloud: ScriptedCloud;
let provider: CursorCloudRuntime;
let now: number;

beforeEach(async () => {
  cloud = await startScriptedCloud();
  now = 1_000_000;
  provider = createCursorCloudRuntime({
    apiKey: () => 'crsr_test',
    backendUrl: `${cloud.url}/`,
    isRehearsal: true,
    clock: () => now,
  });
});
afterEach(async () => {
  await provider.close();
  await cloud.close();
});

const runsAre = (...ids: string[]) =>
  cloud.on(`GET ${RUNS}?`, (_, response) =>
    answer(response, 200, { items: ids.map((id) => wireRun('RUNNING', { id })) }),
  );
const followUp = (fields: { mayHaveArrived?: boolean } = {}) =>
  provider.followUp({
    threadId: agentId,
    followUpId: 'f_1',
    purpose: 'handoff-repair',
    prompt: 'Repair it.',
    knownTurnIds: [runId],
    ...fields,
  });
const posts = () => cloud.seen.filter(({ method, path }) => method === 'POST' && path === RUNS);

describe('a follow-up', () => {
  it('starts a new run of the same agent, with its MCP servers passed again', async () => {
    cloud.on(`POST ${RUNS}`, (_, response) =>
      answer(response, 201, { run: wireRun('CREATING', { id: otherRunId }) }),
    );
    const outcome = await provider.followUp({
      threadId: agentId,
      followUpId: 'f_1',
      purpose: 'message',
      prompt: 'Repair it.',
      knownTurnIds: [runId],
      mcpServers: { docs: { url: 'https://example.com/mcp' } },
    });
    expect(outcome).toMatchObject({
      kind: 'launched',
      adopted: false,
      turn: { turnId: otherRunId },
    });
    expect(JSON.parse(posts()[0]?.body ?? '')).toMatchObject({
      prompt: { text: 'Repair it.' },
      mcpServers: [{ name: 'docs' }],
    });
  });

  it('adopts the unknown run when the response is lost', async () => {
    cloud.on(`POST ${RUNS}`, (_, response) => void response.destroy());
    runsAre(otherRunId, runId);
    expect(await followUp()).toMatchObject({
      kind: 'launched',
      adopted: true,
      turn: { turnId: otherRunId },
    });
  });

  it('stays unknown when the response is lost and no new run is listed', async () => {
    cloud.on(`POST ${RUNS}`, (_, response) => void response.destroy());
    runsAre(runId);
    expect(await followUp()).toMatchObject({ kind: 'unknown' });
  });

  it('checks before it sends when an earlier attempt may have arrived', async () => {
    runsAre(otherRunId, runId);
    expect(await followUp({ mayHaveArrived: true })).toMatchObject({
      kind: 'launched',
      adopted: true,
    });
    expect(posts()).toEqual([]);
  });

  it('adopts the run of a busy agent once the list shows it', async () => {
    let reads = 0;
    cloud.on(`GET ${RUNS}?`, (_, response) => {
      reads += 1;
      const ids = reads === 1 ? [runId] : [otherRunId, runId];
      answer(response, 200, { items: ids.map((id) => wireRun('RUNNING', { id })) });
    });
    cloud.on(`POST ${RUNS}`, (_, response) =>
      answer(response, 409, { error: { code: 'agent_busy', message: 'm' } }),
    );
    expect(await followUp({ mayHaveArrived: true })).toMatchObject({
      kind: 'launched',
      turn: { turnId: otherRunId },
    });
  });

  it('gives up on an agent that Cursor does not know anymore', async () => {
    cloud.on(`GET ${RUNS}?`, (_, response) =>
      answer(response, 404, { error: { code: 'agent_not_found', message: 'm' } }),
    );
    expect(await followUp({ mayHaveArrived: true })).toMatchObject({
      kind: 'rejected',
      error: { code: 'not_found' },
    });
    expect(posts()).toEqual([]);
  });

  it('does not send a second time while it cannot check', async () => {
    cloud.on(`GET ${RUNS}?`, (_, response) => answer(response, 500, ''));
    expect(await followUp({ mayHaveArrived: true })).toMatchObject({ kind: 'unknown' });
    expect(posts()).toEqual([]);
  });

  it.each([
    [409, 'agent_busy', 'wait', 'busy'],
    [409, 'agent_archived', 'rejected', 'archived'],
    [404, 'agent_not_found', 'rejected', 'not_found'],
  ])('answered with %i %s is %s', async (status, code, kind, ours) => {
    cloud.on(`POST ${RUNS}`, (_, response) =>
      answer(response, status, { error: { code, message: 'm' } }),
    );
    expect(await followUp()).toMatchObject({ kind, error: { code: ours } });
  });
});

describe('other calls', () => {
  it('cancels, and reports when there is nothing to cancel', async () => {
    const path = `POST ${RUNS}/${runId}/cancel`;
    cloud.on(path, (_, response) => answer(response, 200, { id: runId }));
    expect(await provider.cancel(agentId, runId)).toEqual({ ok: true, value: undefined });
    cloud.on(path, (_, response) =>
      answer(response, 409, { error: { code: 'run_not_cancellable', message: 'over' } }),
    );
    expect(await provider.cancel(agentId, runId)).toMatchObject({
      error: { code: 'not_cancellable' },
    });
  });

  it('reconnects through the SDK and reads the exact state from the record', async () => {
    cloud.on(`GET ${RUNS}/${runId}`, (_, response) => answer(response, 200, wireRun('EXPIRED')));
    expect(await provider.reconnect(agentId, runId)).toMatchObject({
      ok: true,
      value: { status: 'EXPIRED' },
    });
    expect(
      cloud.seen.filter(({ headers }) => headers['x-cursor-client-type'] === 'sdk').length,
    ).toBeGreaterThan(0);
  });

  it('reads an agent with its newest run, tolerating fields it does not know', async () => {
    cloud.on(`GET /v1/agents/${agentId}`, (_, response) =>
      answer(
        response,
        200,
        wireAgent({ status: 'ARCHIVED', brandNew: 1, metadata: { a: 'b' }, name: null }),
      ),
    );
    cloud.on(`GET ${RUNS}/${runId}`, (_, response) =>
      answer(
        response,
        200,
        wireRun('ERROR', {
          git: { branches: [{ repoUrl: 'github.com/o/r', branch: 'cursor/x' }] },
        }),
      ),
    );
    expect(await provider.readThread(agentId)).toMatchObject({
      ok: true,
      value: {
        archived: true,
        metadata: { a: 'b' },
        latestTurn: {
          status: 'ERROR',
          branches: [{ repoUrl: 'github.com/o/r', branch: 'cursor/x' }],
        },
      },
    });
  });

  it.each([
    ['a page', '<html>hotel</html>', 'unreachable'],
    ['another shape', { status: 'RUNNING' }, 'protocol'],
    ['a status of the future', wireRun('PAUSED'), 'protocol'],
  ])('does not take %s for a run', async (_, body, code) => {
    cloud.on(`GET ${RUNS}/${runId}`, (__, response) => answer(response, 200, body));
    expect(await provider.readTurn(agentId, runId)).toMatchObject({ ok: false, error: { code } });
  });

  it('refuses a response that is implausibly large', async () => {
    cloud.on(`GET ${RUNS}/${runId}`, (_, response) =>
      answer(response, 200, 'x'.repeat(17 * 1024 * 1024)),
    );
    expect(await provider.readTurn(agentId, runId)).toMatchObject({ error: { code: 'protocol' } });
  });

  it('lists only agents with our marker, across all pages', async () => {
    cloud.on('GET /v1/agents?', (request, response) => {
      const isSecond = request.path.includes('cursor=next');
      const own = wireAgent({ metadata: { cerevisor: '1' } });
      answer(
        response,
        200,
        isSecond ? { items: [own] } : { items: [wireAgent(), own], nextCursor: 'next' },
      );
    });
    const answered = await provider.listOwnThreads(10);
    expect(answered.ok && answered.value).toHaveLength(2);
  });

  it('reads usage, and does not treat missing usage as zero', async () => {
    const usage = {
      inputTokens: 1,
      outputTokens: 2,
      cacheReadTokens: 3,
      cacheWriteTokens: 4,
      totalTokens: 10,
    };
    const path = `GET /v1/agents/${agentId}/usage`;
    cloud.on(path, (_, response) =>
      answer(response, 200, {
        totalUsage: usage,
        runs: [{ id: runId, usage, cost: { chargedCents: 1.5 } }],
      }),
    );
    expect(await provider.usage(agentId, runId)).toEqual({
      ok: true,
      value: { ...usage, chargedCents: 1.5 },
    });
    cloud.on(path, (_, response) => answer(response, 200, { totalUsage: usage, runs: [] }));
    expect(await provider.usage(agentId, runId)).toMatchObject({ ok: false });
  });

  it('lists artifacts and asks for a link with the path as data', async () => {
    cloud.on(`GET /v1/agents/${agentId}/artifacts`, (_, response) =>
      answer(response, 200, {
        items: [{ path: 'artifacts/a b.txt', sizeBytes: 3, updatedAt: 'x' }],
      }),
    );
    cloud.on(`GET /v1/agents/${agentId}/artifacts/download`, (_, response) =>
      answer(response, 200, { url: 'https://s3.example.com/x', expiresAt: 'x' }),
    );
    expect(await provider.listArtifacts(agentId)).toMatchObject({
      value: [{ path: 'artifacts/a b.txt', sizeBytes: 3 }],
    });
    expect(await provider.artifactLink(agentId, 'artifacts/a b.txt')).toEqual({
      ok: true,
      value: 'https://s3.example.com/x',
    });
    expect(cloud.seen.at(-1)?.path).toMatch(/download\?path=artifacts(%2F|\/)a(%20|\+)b\.txt$/);
  });

  it('distinguishes accounts without exposing the key', async () => {
    cloud.on('GET /v1/me', (_, response) =>
      answer(response, 200, {
        apiKeyName: 'laptop',
        userId: 7,
        userEmail: 'a@b.c',
        userFirstName: 'Ada',
      }),
    );
    const answered = await provider.account();
    expect(answered).toMatchObject({
      value: { keyName: 'laptop', userEmail: 'a@b.c', userName: 'Ada' },
    });
    expect(answered.ok && answered.value.identity).toMatch(/^[0-9a-f]{64}$/);
  });

  it('requests repositories at most once a minute and keeps the list when a refresh fails', async () => {
    let calls = 0;
    cloud.on('GET /v1/repositories', (_, response) => {
      calls += 1;
      if (calls === 1) answer(response, 200, { items: [{ url: 'https://github.com/o/r' }] });
      else answer(response, 429, { error: 'Too Many Requests', message: 'slow down' });
    });
    const list = { ok: true, value: { urls: ['https://github.com/o/r'], refreshedAt: 1_000_000 } };
    expect(await Promise.all([provider.repositories(), provider.repositories()])).toEqual([
      list,
      list,
    ]);
    expect(await provider.repositories({ refresh: true })).toEqual(list);
    expect(calls).toBe(1);
    now += 61_000;
    expect(await provider.repositories({ refresh: true })).toEqual(list);
    expect(calls).toBe(2);
  });
});
