import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MANIFEST_FILE, readManifest } from './manifest.ts';
import { createStorageFetch } from './storage-fetch.ts';
import { type FetchArtifactsRequest, fetchArtifacts } from './store.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const body = Buffer.from('0123456789'.repeat(10_000));
const sha256 = createHash('sha256').update(body).digest('hex');
const artifact = {
  path: 'artifacts/report.txt',
  sizeBytes: body.length,
  updatedAt: '2026-01-01T00:00:00Z',
};

let folder: string;
let directory: string;
let server: Server;
let handler: Handler;
let requests: IncomingMessage[];
let links: string[];
const storage = createStorageFetch('loopback');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cerevisor-artifacts-'));
  directory = join(folder, 'session', 'agent');
  requests = [];
  links = [];
  handler = (_, response) => response.end(body);
  server = createServer((request, response) => {
    requests.push(request);
    handler(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(folder, { recursive: true });
});

function origin(): string {
  const address = server.address();
  return typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
}

async function fetchAll(changes: Partial<FetchArtifactsRequest> = {}) {
  return fetchArtifacts({
    directory,
    list: [artifact],
    attempt: 1,
    turn: 1,
    linkFor: async (path) => {
      links.push(path);
      return { ok: true, value: `${origin()}/${links.length}?signature=secret` };
    },
    reach: 'loopback',
    fetch: storage.fetch,
    signal: new AbortController().signal,
    now: () => 0,
    sleep: async () => {},
    ...changes,
    limits: { minFreeBytes: 0, ...changes.limits },
  });
}

async function errorOf(changes: Partial<FetchArtifactsRequest> = {}) {
  const [result] = await fetchAll(changes);
  return result && 'error' in result ? result.error.code : result;
}

const files = () => readdir(directory);

describe('fetching artifacts', () => {
  it('stores each of them in a separate file and writes a manifest', async () => {
    const list = ['artifacts/a/b.txt', 'artifacts/a_b.txt'].map((path) => ({ ...artifact, path }));
    const results = await fetchAll({ list });
    expect(results).toMatchObject([
      { path: 'artifacts/a/b.txt', file: 'a_b.txt', sha256, sizeBytes: body.length },
      { path: 'artifacts/a_b.txt', file: 'a_b~2.txt', sha256 },
    ]);
    expect((await files()).toSorted()).toEqual([MANIFEST_FILE, 'a_b.txt', 'a_b~2.txt']);
    expect(await readFile(join(directory, 'a_b~2.txt'))).toEqual(body);
    expect((await readManifest(directory)).newest.get('artifacts/a/b.txt')).toEqual({
      ...list[0],
      file: 'a_b.txt',
      sha256,
      state: 'fetched',
      fetchedAt: '1970-01-01T00:00:00.000Z',
      attempt: 1,
      turn: 1,
    });
    for (const name of await files())
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
  });

  it('fetches again only what is changed or damaged', async () => {
    await fetchAll();
    await fetchAll();
    expect(requests).toHaveLength(1);
    await writeFile(join(directory, 'report.txt'), Buffer.alloc(body.length, 'x'));
    await fetchAll();
    expect(requests).toHaveLength(2);
    expect(await readFile(join(directory, 'report.txt'))).toEqual(body);
    await fetchAll({ list: [{ ...artifact, updatedAt: '2026-01-02T00:00:00Z' }] });
    expect(requests).toHaveLength(3);
    const { updatedAt: _, ...undated } = artifact;
    await fetchAll({ list: [undated] });
    expect(requests).toHaveLength(4);
  });

  it('removes temporary files of a crash, and recovers from a damaged manifest', async () => {
    await fetchAll();
    await writeFile(join(directory, '.part-old'), 'half');
    await writeFile(join(directory, MANIFEST_FILE), '{"version":');
    expect(await fetchAll()).toMatchObject([{ file: 'report.txt', sha256 }]);
    expect((await files()).toSorted()).toEqual([MANIFEST_FILE, 'report.txt']);
  });

  it('never writes through a link at the path of the file', async () => {
    await fetchAll({ list: [] });
    const outside = join(folder, 'outside');
    await writeFile(outside, 'mine');
    await symlink(outside, join(directory, 'report.txt'));
    await fetchAll();
    expect(await readFile(outside, 'utf8')).toBe('mine');
    expect(await readFile(join(directory, 'report.txt'))).toEqual(body);
  });

  it('serializes fetches into the same folder', async () => {
    const [one, other] = await Promise.all([fetchAll(), fetchAll()]);
    expect(one).toEqual(other);
    expect(requests).toHaveLength(1);
  });

  it('continues with the others when one is not available', async () => {
    handler = (request, response) =>
      request.url?.startsWith('/1?') ? response.writeHead(404).end() : response.end(body);
    const list = [{ ...artifact, path: 'artifacts/gone' }, artifact];
    expect(await fetchAll({ list })).toMatchObject([
      { path: 'artifacts/gone', error: { code: 'artifact_missing' } },
      { file: 'report.txt' },
    ]);
    expect((await files()).toSorted()).toEqual([MANIFEST_FILE, 'report.txt']);
  });

  it('keeps the file of an earlier fetch when a later one fails', async () => {
    await fetchAll();
    handler = (_, response) => response.writeHead(404).end();
    const newer = { ...artifact, updatedAt: '2027-01-01T00:00:00Z' };
    expect(await errorOf({ list: [newer] })).toBe('artifact_missing');
    expect(await readFile(join(directory, 'report.txt'))).toEqual(body);
  });

  it('sends no credentials and requests uncompressed content', async () => {
    await fetchAll();
    expect(requests[0]?.headers).not.toHaveProperty('authorization');
    expect(requests[0]?.headers).not.toHaveProperty('cookie');
    expect(requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('reports progress', async () => {
    const progress: number[] = [];
    await fetchAll({ onProgress: ({ receivedBytes }) => progress.push(receivedBytes) });
    expect(progress.at(-1)).toBe(body.length);
    expect(progress).toEqual(progress.toSorted((one, other) => one - other));
  });
});

describe('links', () => {
  it('are requested again once when they have expired', async () => {
    handler = (request, response) =>
      request.url?.startsWith('/1?') ? response.writeHead(403).end() : response.end(body);
    expect(await fetchAll()).toMatchObject([{ sha256 }]);
    expect(links).toHaveLength(2);
    await rm(join(directory, 'report.txt'));
    handler = (_, response) => response.writeHead(403).end();
    expect(await errorOf()).toBe('link_expired');
    expect(links).toHaveLength(4);
  });

  it('are reported with the provider\u2019s reason when there is none', async () => {
    const linkFor = async () => ({ ok: false as const, error: { message: 'No such artifact.' } });
    expect(await fetchAll({ linkFor })).toMatchObject([
      { error: { code: 'link_unavailable', message: 'No such artifact.' } },
    ]);
  });

  it('may not lead to private addresses, neither directly nor by a redirect', async () => {
    expect(await errorOf({ reach: 'public' })).toBe('link_refused');
    for (const location of [
      'https://169.254.169.254/meta',
      'http://example.com/',
      'file:///etc/passwd',
      '/',
    ]) {
      handler = (_, response) => response.writeHead(302, { location }).end();
      expect(await errorOf(), location).toBe('link_refused');
    }
  });

  it('are checked by the resolved address of a name', async () => {
    const guarded = createStorageFetch('public');
    const signal = new AbortController().signal;
    const result = guarded.fetch(`${origin().replace('127.0.0.1', 'localhost')}/`, {
      headers: {},
      redirect: 'manual',
      signal,
    });
    await expect(result).rejects.toMatchObject({ cause: { name: 'ForbiddenAddressError' } });
    await guarded.close();
  });

  it('may be redirected to allowed addresses', async () => {
    handler = (request, response) =>
      request.url === '/real'
        ? response.end(body)
        : response.writeHead(307, { location: '/real' }).end();
    expect(await fetchAll()).toMatchObject([{ sha256 }]);
  });

  it('never appear in an error', async () => {
    handler = (_, response) => response.socket?.destroy();
    expect(JSON.stringify(await fetchAll())).not.toContain('secret');
  });
});

describe('a broken transfer', () => {
  const etag = '"v1"';
  let cut = () => {};
  const fetchCut = () => fetchAll({ onProgress: () => cut() });

  /** Sends half of the body and cuts the connection once some of it has arrived; ranges go to `onRange`. */
  function cutOnce(head: Record<string, string>, onRange: Handler): Handler {
    return (request, response) => {
      if (request.headers.range !== undefined) return onRange(request, response);
      if (requests.length > 1) return response.end(body);
      response.writeHead(200, { ...head, 'content-length': body.length });
      response.write(body.subarray(0, 50_000));
      cut = () => response.socket?.destroy();
    };
  }

  function rest(request: IncomingMessage, response: ServerResponse) {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1]);
    const range = `bytes ${start}-${body.length - 1}/${body.length}`;
    response.writeHead(206, { 'content-range': range, etag }).end(body.subarray(start));
  }

  it('is resumed if the storage guarantees the same bytes', async () => {
    handler = cutOnce({ etag }, rest);
    expect(await fetchCut()).toMatchObject([{ sha256 }]);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.headers).toMatchObject({ 'if-range': etag });
    expect(requests[1]?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('is restarted without such a guarantee', async () => {
    for (const head of [{}, { etag: 'W/"v1"' }]) {
      requests = [];
      await rm(directory, { recursive: true, force: true });
      handler = cutOnce(head, rest);
      expect(await fetchCut()).toMatchObject([{ sha256 }]);
      expect(requests[1]?.headers).not.toHaveProperty('range');
    }
  });

  it('is restarted if the artifact changed or the storage responds differently', async () => {
    const answers: Handler[] = [
      (_, response) => response.end(body),
      (_, response) =>
        response.writeHead(206, { 'content-range': 'bytes 7-9/10', etag }).end('xxx'),
      (_, response) => response.writeHead(206).end(body),
      (_, response) => response.writeHead(416).end(),
    ];
    for (const onRange of answers) {
      requests = [];
      await rm(directory, { recursive: true, force: true });
      handler = cutOnce({ etag }, onRange);
      expect(await fetchCut()).toMatchObject([{ sha256 }]);
    }
  });

  it('keeps the received part during a temporary failure of the storage', async () => {
    handler = cutOnce({ etag }, (request, response) => {
      if (requests.length === 2) response.writeHead(503).end();
      else rest(request, response);
    });
    expect(await fetchCut()).toMatchObject([{ sha256 }]);
    expect(requests[2]?.headers.range).toBe(requests[1]?.headers.range);
  });

  it('fails after a few attempts, and leaves no file', async () => {
    handler = (_, response) => response.writeHead(500).end();
    expect(await errorOf({ limits: { maxAttempts: 3 } })).toBe('storage_failed');
    expect(requests).toHaveLength(3);
    handler = (_, response) => response.socket?.destroy();
    expect(await errorOf({ limits: { maxAttempts: 2 } })).toBe('network_failed');
    expect(await files()).toEqual([MANIFEST_FILE]);
  });

  it('is not repeated after a permanent failure', async () => {
    handler = (_, response) => response.writeHead(400).end();
    expect(await errorOf()).toBe('storage_failed');
    expect(requests).toHaveLength(1);
  });

  it('ends at once when it is cancelled', async () => {
    const controller = new AbortController();
    handler = (_, response) => {
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, 10), () => controller.abort());
    };
    expect(await errorOf({ signal: controller.signal })).toBe('cancelled');
    expect(await files()).toEqual([MANIFEST_FILE]);
    expect(await errorOf({ signal: controller.signal })).toBe('cancelled');
    expect(requests).toHaveLength(1);
  });
});

describe('limits', () => {
  it('reject artifacts that are declared as too large without requesting them', async () => {
    expect(await errorOf({ limits: { maxFileBytes: 10 } })).toBe('too_large');
    expect(requests).toHaveLength(0);
  });

  it('stop a body that is longer or shorter than declared', async () => {
    expect(await errorOf({ list: [{ ...artifact, sizeBytes: 10 }] })).toBe('size_mismatch');
    handler = (_, response) => {
      response.write(body);
      response.write(body);
    };
    expect(await errorOf()).toBe('size_mismatch');
    handler = (_, response) => {
      response.write('short');
      response.end();
    };
    expect(await errorOf()).toBe('size_mismatch');
    expect(await files()).toEqual([MANIFEST_FILE]);
  });

  it('stop a storage that stalls, before or after the first byte', async () => {
    const limits = { idleTimeoutMs: 40, maxAttempts: 1 };
    handler = () => {};
    expect(await errorOf({ limits })).toBe('too_slow');
    handler = (_, response) => response.write('x');
    expect(await errorOf({ limits })).toBe('too_slow');
  });

  it('stop a storage that is too slow', async () => {
    handler = (_, response) => {
      const timer = setInterval(() => response.write('x'), 2);
      response.on('close', () => clearInterval(timer));
    };
    const limits = { rateWindowMs: 20, minBytesPerSecond: 1_000_000, maxAttempts: 1 };
    expect(await errorOf({ limits })).toBe('too_slow');
  });

  it('apply to all artifacts together', async () => {
    const list = ['a', 'b', 'c'].map((path) => ({ ...artifact, path }));
    const codes = async (limits: FetchArtifactsRequest['limits']) =>
      (await fetchAll({ list, limits: limits ?? {} })).map((result) =>
        'error' in result ? result.error.code : 'here',
      );
    expect(await codes({ maxFiles: 2 })).toEqual(['here', 'here', 'too_many']);
    expect(await codes({ maxTotalBytes: body.length })).toEqual([
      'here',
      'session_too_large',
      'session_too_large',
    ]);
  });

  it('leave free space on the disk', async () => {
    expect(await errorOf({ limits: { minFreeBytes: Number.MAX_SAFE_INTEGER } })).toBe('disk_full');
  });
});
