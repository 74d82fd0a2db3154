import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  rawRequest,
  sessionEnded,
  sessionIdOf,
  sessionStarted,
  startTestServer,
} from '../../testing/server.ts';
import { agentDirectories } from '../artifacts/layout.ts';
import { statusByCode } from '../contract/errors.ts';
import type { DismissBody } from '../contract/requests.ts';
import { routes } from '../contract/routes.ts';
import { JournalFailure } from '../journal/disk-trouble.ts';
import type { ThreadId, TurnId } from '../session/ids.ts';
import { agentId } from '../workflow/ids.ts';

test('describes every route in a valid OpenAPI document', async () => {
  await using server = await startTestServer();
  const document = (await server.json('/api/openapi.json')) as {
    openapi: string;
    info: { version: string };
    paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
  };
  expect(document.openapi).toBe('3.1.0');
  for (const route of Object.values(routes)) {
    const operation = document.paths[route.path]?.[route.method];
    expect(operation, `${route.method} ${route.path}`).toBeDefined();
    expect(Object.keys(operation?.responses ?? {})).toContain('200');
  }
  const described = Object.values(document.paths).flatMap((path) => Object.keys(path));
  expect(described).toHaveLength(Object.keys(routes).length);
  expect(JSON.stringify(document)).not.toContain('"$ref":"#/components/schemas/undefined"');
});

test('implements every route that it describes', async () => {
  await using server = await startTestServer();
  for (const route of Object.values(routes)) {
    if (route.path === '/api/events' || route.path === '/api/stop') continue;
    const path = route.path.replace(/\{\w+\}/g, 'nothing');
    const init = { method: route.method.toUpperCase() };
    const response = await server.request(
      path,
      ['post', 'put'].includes(route.method)
        ? { ...init, headers: { 'content-type': 'application/json' }, body: '{}' }
        : init,
    );
    const text = await response.text();
    expect(text, `${route.method} ${route.path}`).not.toContain('There is no GET');
    expect(text).not.toContain('internal_error');
  }
});

test('explains why a request is not valid', async () => {
  await using server = await startTestServer();
  const post = (body: string) =>
    server.json('/api/sessions/dismiss', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  expect(await post('{"ids":[]}')).toMatchObject({ error: { code: 'bad_request' } });
  expect(await post('{')).toMatchObject({ error: { code: 'bad_request' } });
  expect(await server.json('/api/nothing')).toMatchObject({ error: { code: 'not_found' } });
});

test('finds a session by any unique prefix of its id', async () => {
  await using server = await startTestServer();
  server.journal.append(sessionIdOf('abc1'), [sessionStarted()]);
  server.journal.append(sessionIdOf('abd2'), [sessionStarted()]);
  expect(await server.client.session('abc')).toMatchObject({ id: sessionIdOf('abc1') });
  expect(await server.client.session('s_abd')).toMatchObject({ id: sessionIdOf('abd2') });
  await expect(server.client.session('ab')).rejects.toMatchObject({
    status: 409,
    code: 'ambiguous_session',
    candidates: expect.arrayContaining([sessionIdOf('abc1'), sessionIdOf('abd2')]),
  });
  await expect(server.client.session('zz')).rejects.toMatchObject({
    status: 404,
    code: 'session_not_found',
  });
});

test('finds an agent by its id or its name, and rejects an ambiguous name', async () => {
  await using server = await startTestServer();
  const started = sessionStarted();
  if (started.type !== 'SessionStarted') throw new Error('unreachable');
  const { workflow } = started;
  server.journal.append(sessionIdOf('a'), [started]);
  const twins = workflow.agents.map((agent) => ({ ...agent, name: 'Twin' }));
  server.journal.append(sessionIdOf('b'), [
    sessionStarted({ workflow: { ...workflow, agents: twins } }),
  ]);
  await server.client.cancel('a', 'builder');
  await server.client.cancel('a', 'plan');
  await server.client.cancel('a');
  expect(server.calls.map(({ input }) => input[1])).toEqual(['build', 'plan', undefined]);
  await expect(server.client.retry('b', 'Twin')).rejects.toMatchObject({
    code: 'ambiguous_agent',
    candidates: ['plan', 'build'],
  });
  await expect(server.client.retry('a', 'nobody')).rejects.toMatchObject({
    status: 404,
    code: 'agent_not_found',
  });
});

test('returns a failure of the engine with the HTTP status of its code, and with its problems', async () => {
  let code = '';
  await using failing = await startTestServer({
    engine: { restore: async () => ({ ok: false, error: { code, message: 'No.' } }) },
  });
  failing.journal.append(sessionIdOf('a'), [sessionStarted()]);
  for (const [next, status] of Object.entries({ ...statusByCode, brand_new_code: 422 })) {
    code = next;
    await expect(failing.client.restore('a'), code).rejects.toMatchObject({ code, status });
  }
  const problems = [
    {
      code: 'x',
      severity: 'error' as const,
      message: 'Bad.',
      path: ['agents', 0],
      pointer: 'agents[0]',
    },
  ];
  await using server = await startTestServer({
    engine: {
      start: async () => ({
        ok: false,
        error: { code: 'preflight_failed', message: 'It cannot run.', problems },
      }),
    },
  });
  await expect(server.client.start({ workflow: {} })).rejects.toMatchObject({ problems });
});

test('logs an internal error, and does not reveal its message', async () => {
  await using server = await startTestServer({
    engine: {
      orphans: async () => {
        throw new Error('the secret inside');
      },
    },
  });
  const response = await server.request('/api/orphans');
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('the secret inside');
  expect(server.logged.join()).toContain('the secret inside');
});

test('lists sessions by page, status and search text', async () => {
  await using server = await startTestServer();
  for (const start of ['a', 'b', 'c']) {
    server.clock.now += 1000;
    server.journal.append(sessionIdOf(start), [sessionStarted()]);
  }
  server.journal.append(sessionIdOf('b'), sessionEnded);
  const page = await server.client.sessions({ limit: 2 });
  expect(page.total).toBe(3);
  expect(page.items.map(({ id }) => id)).toEqual([sessionIdOf('c'), sessionIdOf('b')]);
  const finished = await server.client.sessions({ status: ['finished'] });
  expect(finished.items.map(({ id }) => id)).toEqual([sessionIdOf('b')]);
  expect((await server.client.sessions({ search: 'acme/shop' })).total).toBe(3);
  await server.client.dismissMany({ settled: true });
  expect(server.calls.at(-1)).toEqual({ name: 'dismiss', input: [[sessionIdOf('b')]] });
});

test('dismisses all settled sessions that match a filter, and restores several sessions, with one call each', async () => {
  await using server = await startTestServer();
  const endings = { a: 'finished', b: 'failed', c: 'failed', d: null } as const;
  for (const [start, outcome] of Object.entries(endings)) {
    server.clock.now += 1000;
    const id = sessionIdOf(start);
    server.journal.append(id, [sessionStarted()]);
    if (outcome !== null) {
      const settled = sessionEnded.filter(({ type }) => type === 'AgentSettled');
      server.journal.append(id, [...settled, { type: 'SessionEnded', outcome }]);
    }
  }
  const dismissed = async (filter: Partial<DismissBody>) =>
    (await server.client.dismissMany({ ...filter, settled: true })).dismissed;
  const [a, b, c] = ['a', 'b', 'c'].map(sessionIdOf);
  expect(await dismissed({ status: 'failed' })).toEqual([c, b]);
  expect(await dismissed({ search: sessionIdOf('b') })).toEqual([b]);
  expect(await dismissed({ search: 'nothing like it' })).toEqual([]);
  expect(await dismissed({ status: 'running' })).toEqual([]);
  expect(await dismissed({})).toEqual([c, b, a]);
  expect(await server.client.restoreMany({ ids: [b, c].map(String) })).toEqual({
    restored: [b, c],
  });
  expect(server.calls.at(-1)).toEqual({ name: 'restore', input: [[b, c]] });
});

test('pages through the events of a session', async () => {
  await using server = await startTestServer();
  const id = sessionIdOf('a');
  server.journal.append(id, [
    sessionStarted(),
    { type: 'SessionDismissed' },
    { type: 'SessionRestored' },
  ]);
  const page = await server.client.sessionEvents('a', { after: 1, limit: 1 });
  expect(page).toMatchObject({ lastSeq: 3, items: [{ seq: 2, type: 'SessionDismissed' }] });
  const last = await server.client.sessionEvents('a', { newestFirst: true, limit: 1 });
  expect(last.items[0]).toMatchObject({ seq: 3, sessionId: id, agentId: null });
});

test('serves only artifacts that the manifest lists, in a sandbox', async () => {
  await using server = await startTestServer();
  const id = sessionIdOf('a');
  const plan = agentId('plan');
  const threadId = 'bc-1' as ThreadId;
  const attempt = { agentId: plan, attempt: 1 };
  server.journal.append(id, [
    sessionStarted(),
    {
      type: 'LaunchIntended',
      round: 1,
      runtime: 'cursor-cloud',
      account: null,
      ...attempt,
      threadId,
      requestHash: 'h',
      prompt: 'p',
      repositories: [],
      autoCreatePr: false,
    },
    {
      type: 'Launched',
      round: 1,
      ...attempt,
      threadId,
      turnId: 'run-1' as TurnId,
      adopted: false,
    },
    {
      type: 'ArtifactsReported',
      ...attempt,
      state: 'complete',
      artifacts: ['report.html', 'note.txt', 'link.txt', 'gone.txt'].map((file) => ({
        path: `/artifacts/${file}`,
        file,
        sizeBytes: 5,
      })),
    },
  ]);
  const folder = agentDirectories(server.home, id, [plan, agentId('build')]).get(plan) ?? '';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.html'), '<script>');
  writeFileSync(join(folder, 'note.txt'), 'hello');
  writeFileSync(join(folder, 'unlisted.txt'), 'no');
  writeFileSync(join(server.home, 'outside.txt'), 'secret');
  symlinkSync(join(server.home, 'outside.txt'), join(folder, 'link.txt'));

  const page = await server.request('/api/sessions/a/artifacts/plan/report.html?inline=1');
  expect(page.headers.get('content-type')).toBe('application/octet-stream');
  expect(page.headers.get('content-disposition')).toMatch(/^attachment; filename="report.html"/);
  expect(page.headers.get('content-security-policy')).toMatch(/^sandbox;/);
  const note = await server.request('/api/sessions/a/artifacts/Planner/note.txt?inline=1');
  expect(note.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(note.headers.get('content-disposition')).toBe('inline');
  expect(await note.text()).toBe('hello');
  for (const file of ['unlisted.txt', 'link.txt', 'gone.txt', '..%2F..%2Foutside.txt']) {
    const response = await server.request(`/api/sessions/a/artifacts/plan/${file}`);
    expect(response.status, file).toBe(404);
  }
  const list = await server.client.artifacts('a');
  expect(list.agents[0]).toMatchObject({ agentId: 'plan', directory: folder, state: 'complete' });
});

test('serves the built app, lets hashed files be cached, and serves no files outside its folder', async () => {
  await using folder = await startTestServer();
  const pages = join(folder.home, 'pages');
  mkdirSync(join(pages, 'assets'), { recursive: true });
  writeFileSync(join(pages, 'index.html'), '<title>App</title>');
  writeFileSync(join(pages, 'assets', 'app-1a2b.js'), 'run()');
  writeFileSync(join(folder.home, 'secret.txt'), 'secret');
  await using server = await startTestServer({ pagesFolder: pages });
  const page = await fetch(`${server.url}/`);
  expect(await page.text()).toContain('App');
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(await (await fetch(`${server.url}/sessions/s_1`)).text()).toContain('App');
  const script = await fetch(`${server.url}/assets/app-1a2b.js`);
  expect(script.headers.get('cache-control')).toContain('immutable');
  expect(script.headers.get('content-type')).toContain('javascript');
  expect((await fetch(`${server.url}/assets/old.js`)).status).toBe(404);
  const host = `127.0.0.1:${server.port}`;
  for (const path of [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/%2e%2e/secret.txt',
  ]) {
    const answer = await rawRequest(server.port, path, { host });
    expect(answer.body, path).not.toContain('secret');
  }
});

test('explains how to build the app if it is not built', async () => {
  await using server = await startTestServer();
  const response = await fetch(`${server.url}/`);
  expect(response.status).toBe(503);
  expect(await response.text()).toContain('npm start');
});

test('reports a full disk with its own code and a suggestion', async () => {
  const trouble = {
    code: 'disk_full',
    message: 'The disk that holds the journal is full.',
    suggestion: 'Free some space.',
  } as const;
  await using server = await startTestServer({
    engine: {
      reconnect: () => Promise.reject(new JournalFailure(trouble, new Error('SQLITE_FULL'))),
    },
  });
  server.journal.append(sessionIdOf('1a'), [sessionStarted()]);
  const response = await server.request(`/api/sessions/${sessionIdOf('1a')}/reconnect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(response.status).toBe(507);
  expect(await response.json()).toEqual({ error: trouble });
});
