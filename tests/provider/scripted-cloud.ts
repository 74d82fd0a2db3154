import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server that says exactly what a test tells it to, byte for byte. For wire-level cases that no well-behaved
 * cloud produces; everything else is tested against the rehearsal cloud.
 */
export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
export type Reply = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

export type ScriptedCloud = {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Answers requests whose `METHOD /path` starts with the prefix; the newest script wins. */
  on(prefix: string, reply: Reply): void;
  close(): Promise<void>;
};

export async function startScriptedCloud(): Promise<ScriptedCloud> {
  const seen: SeenRequest[] = [];
  const scripts: { prefix: string; reply: Reply }[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      return; // The client is gone, for example because its process was killed.
    }
    const request: SeenRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    seen.push(request);
    const line = `${request.method} ${request.path}`;
    const script = scripts.findLast(({ prefix }) => line.startsWith(prefix));
    if (script === undefined)
      answer(response, 404, { error: { code: 'not_found', message: line } });
    else await script.reply(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    on: (prefix, reply) => void scripts.push({ prefix, reply }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(text);
}

/** Writes the head of an event stream; the test writes the rest. */
export function openStream(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  return response;
}

export const frame = (event: string, data: unknown, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** A simplified frame and its twin, as Cursor sends them. */
export const textPair = (id: string, text: string): string =>
  frame('assistant', { text }, id) + frame('interaction_update', { type: 'text-delta', text }, id);

export const agentId = 'bc-11111111-2222-4333-8444-555555555555';
export const runId = 'run-66666666-7777-4888-8999-aaaaaaaaaaaa';

export const wireAgent = (fields: Record<string, unknown> = {}) => ({
  id: agentId,
  name: 'an agent',
  status: 'ACTIVE',
  url: `https://cursor.com/agents/${agentId}`,
  env: { type: 'cloud' },
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
  latestRunId: runId,
  ...fields,
});
export const wireRun = (status: string, fields: Record<string, unknown> = {}) => ({
  id: runId,
  agentId,
  status,
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
  ...fields,
});
