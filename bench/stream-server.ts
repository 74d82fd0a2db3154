/**
 * A minimal, fast Cloud Agents API that sends a prepared stream. It runs in a separate process, so that its processor
 * time is not counted. Prints its address. The environment variable `FRAMES` sets the number of text deltas of a run.
 */
import { createServer } from 'node:http';

const deltas = Number(process.env.FRAMES ?? 20_000);
const run = 'run-00000000-0000-4000-8000-000000000001';
const now = '2026-01-01T00:00:00.000Z';
const receivedAt: number[] = [];

const usage = {
  inputTokens: 1,
  outputTokens: 1,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  totalTokens: 2,
};
const json = (value: unknown) => JSON.stringify(value);
const frame = (event: string, id: string | null, data: unknown) =>
  `${id === null ? '' : `id: ${id}\n`}event: ${event}\ndata: ${json(data)}\n\n`;

const pieces = [frame('status', null, { runId: run, status: 'RUNNING' })];
for (let index = 0; index < deltas; index += 1) {
  const id = `${1_790_000_000_000 + index}-0`;
  const text = `word${index % 1000} `;
  pieces.push(
    frame('assistant', id, { text }),
    frame('interaction_update', id, { type: 'text-delta', text }),
  );
}
const last = `${1_790_000_000_000 + deltas}-0`;
pieces.push(
  frame('status', null, { runId: run, status: 'FINISHED' }),
  frame('result', last, { runId: run, status: 'FINISHED', text: 'done', durationMs: 5 }),
  frame('done', last, {}),
);
const body = Buffer.from(pieces.join(''));

const record = (agentId: string, status: string) => ({
  id: run,
  agentId,
  status,
  createdAt: now,
  updatedAt: now,
});

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://bench');
  const send = (status: number, value: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(json(value));
  };
  if (url.pathname === '/bench/received') return send(200, receivedAt);
  if (url.pathname === '/v1/me') return send(200, { apiKeyName: 'bench', createdAt: now });
  if (url.pathname.endsWith('/stream')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return response.end(body);
  }
  if (request.method === 'POST' && url.pathname === '/v1/agents') {
    receivedAt.push(performance.timeOrigin + performance.now());
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { agentId } = JSON.parse(Buffer.concat(chunks).toString()) as { agentId: string };
      const agent = {
        id: agentId,
        status: 'ACTIVE',
        env: { type: 'cloud' },
        url: 'http://bench',
        createdAt: now,
        updatedAt: now,
        latestTurnId: run,
        repos: [],
      };
      send(201, { agent, run: record(agentId, 'CREATING') });
    });
    return undefined;
  }
  if (url.pathname.endsWith('/artifacts')) return send(200, { items: [] });
  if (url.pathname.endsWith('/usage'))
    return send(200, { totalUsage: usage, runs: [{ id: run, usage }] });
  const runPath = /^\/v1\/agents\/([^/]+)\/runs\/[^/]+$/.exec(url.pathname);
  if (runPath?.[1] !== undefined)
    return send(200, { ...record(runPath[1], 'FINISHED'), result: 'done', durationMs: 5 });
  return send(404, { error: { code: 'not_found', message: url.pathname } });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object')
    console.log(`http://127.0.0.1:${address.port}`);
});
process.on('disconnect', () => process.exit(0));
