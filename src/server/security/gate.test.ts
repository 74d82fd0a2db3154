import { expect, test } from 'vitest';
import { rawRequest, startTestServer } from '../../../testing/server.ts';

const json = { 'content-type': 'application/json' };

/** Logs a browser in, as the page behind the login link does. */
async function logIn(server: Awaited<ReturnType<typeof startTestServer>>) {
  const { code } = await server.client.createLogin();
  const response = await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ code }),
  });
  const setCookie = response.headers.get('set-cookie') ?? '';
  const { csrfToken } = (await response.json()) as { csrfToken: string };
  return { code, setCookie, cookie: setCookie.split(';')[0] ?? '', csrfToken };
}

test('rejects all hosts other than loopback, for any path', async () => {
  await using server = await startTestServer();
  for (const path of ['/', '/health', '/api/status', '/api/events', '/assets/app.js']) {
    for (const host of [
      'evil.example',
      `evil.example:${server.port}`,
      'localhost.evil.example',
      '127.0.0.1.evil.example:80',
      '127.0.0.2',
      'localhost:0',
    ]) {
      const answer = await rawRequest(server.port, path, {
        host,
        authorization: `Bearer ${server.token}`,
      });
      expect(answer.status, `${host}${path}`).toBe(421);
    }
  }
});

test('accepts all three names of loopback, and any port, as used by SSH tunnels', async () => {
  await using server = await startTestServer();
  for (const name of ['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST']) {
    for (const port of [`:${server.port}`, ':9000', '']) {
      const answer = await rawRequest(server.port, '/health', { host: `${name}${port}` });
      expect(answer.status, name + port).toBe(200);
    }
  }
});

test('accepts requests through a tunnel only from the page at the same address', async () => {
  await using server = await startTestServer();
  const ask = (origin: string, host = 'localhost:9000') =>
    rawRequest(server.port, '/api/status', {
      host,
      origin,
      authorization: `Bearer ${server.token}`,
    });
  expect((await ask('http://localhost:9000')).status).toBe(200);
  const foreign = [
    'http://localhost:9001',
    `http://localhost:${server.port}`,
    'http://127.0.0.1:9000',
    'https://localhost:9000',
    'http://localhost',
    'null',
  ];
  for (const origin of foreign) expect((await ask(origin)).status, origin).toBe(403);
});

test('rejects pages of other origins, of opaque origins, and on other ports of this machine', async () => {
  await using server = await startTestServer();
  const foreign = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:3000' },
    { origin: `https://127.0.0.1:${server.port}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    const answer = await rawRequest(server.port, '/api/status', {
      host: `127.0.0.1:${server.port}`,
      authorization: `Bearer ${server.token}`,
      ...headers,
    });
    expect(answer.status, JSON.stringify(headers)).toBe(403);
    expect(answer.body).toContain('foreign_origin');
  }
});

test('sends no CORS headers that would let another origin read a response', async () => {
  await using server = await startTestServer();
  const response = await server.request('/api/status', { headers: { origin: server.url } });
  expect(response.status).toBe(200);
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
    [],
  );
});

test('requires the token for everything except health', async () => {
  await using server = await startTestServer();
  const health = await fetch(`${server.url}/health`);
  expect(await health.json()).toEqual({ ok: true, version: '0.0.0-test' });
  for (const path of [
    '/api/status',
    '/api/sessions',
    '/api/events',
    '/api/openapi.json',
    '/api/x',
  ]) {
    expect((await fetch(`${server.url}${path}`)).status, path).toBe(401);
  }
  const wrong = await fetch(`${server.url}/api/status`, {
    headers: { authorization: 'Bearer wrong' },
  });
  expect(wrong.status).toBe(401);
});

test('limits failed logins without locking out clients that have the token', async () => {
  await using server = await startTestServer();
  const statuses = [];
  for (let count = 0; count < 25; count += 1) {
    statuses.push((await fetch(`${server.url}/api/status`)).status);
  }
  expect(statuses.slice(0, 20).every((status) => status === 401)).toBe(true);
  expect(statuses.slice(20).every((status) => status === 429)).toBe(true);
  expect((await server.request('/api/status')).status).toBe(200);
  server.clock.now += 61_000;
  expect((await fetch(`${server.url}/api/status`)).status).toBe(401);
});

test('accepts mutations only as JSON', async () => {
  await using server = await startTestServer();
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const response = await server.request('/api/sessions/dismiss', {
      method: 'POST',
      headers: { 'content-type': type },
      body: '{"settled":true}',
    });
    expect(response.status, type).toBe(415);
  }
  expect(server.calls).toEqual([]);
});

test('logs in a browser with a code that works once', async () => {
  await using server = await startTestServer();
  const { code, setCookie, cookie } = await logIn(server);
  expect(setCookie).toMatch(/^cerevisor_[\w-]{16}=[\w-]{43};/);
  for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(setCookie).toContain(part);
  expect(setCookie).not.toContain('Domain');
  const status = await fetch(`${server.url}/api/status`, { headers: { cookie } });
  expect(status.status).toBe(200);
  const again = await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ code }),
  });
  expect(again.status).toBe(401);
  expect(await again.text()).toContain('wrong_login_code');
});

test('rejects a code that is older than a minute', async () => {
  await using server = await startTestServer();
  const { code } = await server.client.createLogin();
  server.clock.now += 60_000;
  await expect(server.client.login(code)).rejects.toMatchObject({ code: 'wrong_login_code' });
});

test('allows reads with the cookie, and mutations only with the CSRF token too', async () => {
  await using server = await startTestServer();
  const { cookie, csrfToken } = await logIn(server);
  const dismiss = (headers: Record<string, string>) =>
    fetch(`${server.url}/api/sessions/dismiss`, {
      method: 'POST',
      headers: { ...json, cookie, ...headers },
      body: '{"settled":true}',
    });
  expect((await dismiss({})).status).toBe(403);
  expect((await dismiss({ 'x-cerevisor-csrf': 'wrong' })).status).toBe(403);
  const removal = await fetch(`${server.url}/api/credentials`, {
    method: 'DELETE',
    headers: { cookie },
  });
  expect(removal.status).toBe(403);
  expect(server.calls).toEqual([]);
  expect((await dismiss({ 'x-cerevisor-csrf': csrfToken })).status).toBe(200);
});

test('creates login codes only for the token, not for a browser', async () => {
  await using server = await startTestServer();
  const { cookie, csrfToken } = await logIn(server);
  const response = await fetch(`${server.url}/api/logins`, {
    method: 'POST',
    headers: { ...json, cookie, 'x-cerevisor-csrf': csrfToken },
    body: '{}',
  });
  expect(response.status).toBe(401);
});

test('recognizes a browser by its cookie and CSRF token, until it logs out or its login expires', async () => {
  await using server = await startTestServer();
  const { cookie, csrfToken } = await logIn(server);
  const headers = { cookie, 'x-cerevisor-csrf': csrfToken };
  const who = async () => (await fetch(`${server.url}/api/me-session`, { headers })).json();
  expect(await who()).toEqual({ isLoggedIn: true, command: 'npm start' });
  server.clock.now += 31 * 24 * 3_600_000;
  expect(await who()).toEqual({ isLoggedIn: false, command: 'npm start' });
  server.clock.now -= 31 * 24 * 3_600_000;
  const response = await fetch(`${server.url}/api/logout`, {
    method: 'POST',
    headers: { ...json, cookie, 'x-cerevisor-csrf': csrfToken },
    body: '{}',
  });
  expect(response.status).toBe(200);
  expect(await who()).toEqual({ isLoggedIn: false, command: 'npm start' });
});

test('does not return the CSRF token for the cookie alone', async () => {
  await using server = await startTestServer();
  const { cookie, csrfToken } = await logIn(server);
  const response = await fetch(`${server.url}/api/me-session`, { headers: { cookie } });
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({ isLoggedIn: false, command: 'npm start' });
  expect(text).not.toContain(csrfToken);
});

test('rejects an oversized body', async () => {
  await using server = await startTestServer();
  const response = await server.request('/api/workflows/validate', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ text: 'x'.repeat(17 * 1024 * 1024) }),
  });
  expect(response.status).toBe(413);
});

test('sends headers that prevent caching, framing and foreign scripts', async () => {
  await using server = await startTestServer();
  const { headers } = await server.request('/api/status');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('content-security-policy')).not.toContain('unsafe');
});

test('logs neither the token nor a login code', async () => {
  await using server = await startTestServer();
  const { code } = await server.client.createLogin();
  await fetch(`${server.url}/api/status`, { headers: { authorization: 'Bearer wrong-secret' } });
  await server.client.login(code);
  const log = server.logged.join('\n');
  for (const secret of [server.token, code, 'wrong-secret']) expect(log).not.toContain(secret);
});
