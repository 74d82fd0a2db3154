import { connect } from 'node:net';
import { expect, test } from 'vitest';
import {
  sessionIdOf,
  sessionStarted,
  startTestServer,
  type TestServer,
} from '../../testing/server.ts';
import type { EventView } from '../contract/event-views.ts';
import type { TurnId } from '../session/ids.ts';
import { agentId } from '../workflow/ids.ts';

const first = sessionIdOf('a');
const second = sessionIdOf('b');
const dismissed = { type: 'SessionDismissed' } as const;

/** Reads the stream as text until one of these words appears. */
async function readUntil(
  server: TestServer,
  path: string,
  words: readonly string[],
  headers: Record<string, string> = {},
): Promise<string> {
  const stop = new AbortController();
  const response = await server.request(path, { headers, signal: stop.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  for await (const chunk of response.body ?? []) {
    pieces.push(decoder.decode(chunk, { stream: true }));
    // A word may be split across two chunks.
    const recent = pieces.slice(-2).join('');
    if (words.some((word) => recent.includes(word))) break;
  }
  stop.abort();
  return pieces.join('');
}

const idsIn = (text: string): number[] =>
  [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

test('sends the stored events, a ready message, then new events', async () => {
  await using server = await startTestServer();
  server.journal.append(first, [sessionStarted()]);
  const events: EventView[] = [];
  const stop = new AbortController();
  await server.client.follow({
    signal: stop.signal,
    onEvent: (event) => {
      events.push(event);
      if (events.length === 3) stop.abort();
    },
    onReady: () => server.journal.append(second, [sessionStarted(), dismissed]),
  });
  expect(
    events.map(({ position, seq, sessionId, type }) => [position, seq, sessionId, type]),
  ).toEqual([
    [1, 1, first, 'SessionStarted'],
    [2, 1, second, 'SessionStarted'],
    [3, 2, second, 'SessionDismissed'],
  ]);
});

test('resumes after the last event id, or after the given position without one', async () => {
  await using server = await startTestServer();
  server.journal.append(first, [sessionStarted(), dismissed, { type: 'SessionRestored' }]);
  expect(idsIn(await readUntil(server, '/api/events?after=1', ['event: ready']))).toEqual([2, 3]);
  const resumed = await readUntil(server, '/api/events?after=1', ['event: ready'], {
    'last-event-id': '2',
  });
  expect(idsIn(resumed)).toEqual([3]);
});

test('uses the sequence numbers of the session if only one is requested', async () => {
  await using server = await startTestServer();
  server.journal.append(first, [sessionStarted()]);
  server.journal.append(second, [sessionStarted(), dismissed]);
  const text = await readUntil(server, '/api/events?session=b&after=1', ['event: ready']);
  expect(idsIn(text)).toEqual([2]);
  expect(text).toContain('"position":3');
});

test('rejects a position that the journal does not have, and text that is not a number', async () => {
  await using server = await startTestServer();
  const ask = (id: string) =>
    server.json('/api/events', { headers: { 'last-event-id': id } }) as Promise<unknown>;
  expect(await ask('7')).toMatchObject({ error: { code: 'unknown_position' } });
  expect(await ask('seven')).toMatchObject({ error: { code: 'bad_request' } });
});

test('sends the status only when it changes', async () => {
  await using server = await startTestServer({ timing: { statusPollMs: 5 } });
  const statuses: Record<string, number>[] = [];
  const stop = new AbortController();
  await server.client.follow({
    signal: stop.signal,
    onEvent: () => undefined,
    onReady: () => {
      server.clock.now += 1000;
      server.journal.append(first, [sessionStarted()]);
    },
    onStatus: ({ sessionCounts }) => {
      statuses.push(sessionCounts);
      if (statuses.length === 2) stop.abort();
    },
  });
  expect(statuses).toEqual([{}, { running: 1 }]);
});

test('sends heartbeats while there are no events', async () => {
  await using server = await startTestServer({ timing: { statusPollMs: 5, heartbeatMs: 20 } });
  expect(await readUntil(server, '/api/events', [': still here'])).toContain('event: ready');
});

test('sends an item on one line, even if its data contains line breaks', async () => {
  await using server = await startTestServer();
  server.journal.append(first, [sessionStarted()]);
  server.journal.buffer({
    sessionId: first,
    agentId: agentId('plan'),
    attempt: 1,
    turnId: 'run-1' as TurnId,
    items: [{ kind: 'text', id: '1', dataText: '{\n "text": "one\\ntwo"\r\n}' }],
  });
  server.journal.flush();
  const text = await readUntil(server, '/api/events', ['event: ready']);
  const frame = text.split('\n').find((line) => line.includes('TranscriptItem')) ?? '';
  expect(JSON.parse(frame.slice('data: '.length))).toMatchObject({
    type: 'TranscriptItem',
    item: { kind: 'text', text: 'one\ntwo' },
  });
});

test('reads and serializes events once for all clients at the same position', async () => {
  await using server = await startTestServer();
  server.journal.append(first, [sessionStarted()]);
  const { journal } = server;
  let readCount = 0;
  const allEvents = journal.allEvents.bind(journal);
  journal.allEvents = (options) => {
    const page = allEvents(options);
    readCount += page.length;
    return page;
  };
  const readers = 30;
  const texts = Array.from({ length: readers }, () =>
    readUntil(server, '/api/events', ['SessionRestored']),
  );
  await expect.poll(() => server.server.openStreams()).toBe(readers);
  for (let round = 0; round < 5; round += 1) {
    server.journal.append(first, [dismissed]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  server.journal.append(first, [{ type: 'SessionRestored' }]);
  for (const text of await Promise.all(texts)) expect(idsIn(text)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  // Each event is read once for all of them, or a few times if they are at different positions.
  expect(readCount).toBeLessThan(7 * 5);
});

test('sends the data of an item as it is stored, and as text if it is not valid JSON', async () => {
  await using server = await startTestServer();
  server.journal.append(first, [sessionStarted()]);
  const datas = [
    '{"big":12345678901234567890,"a":1e2}',
    'not json',
    '"a text"',
    '[',
    '{"x":\n[1]}',
  ];
  const deep = '['.repeat(5_000) + ']'.repeat(5_000);
  server.journal.buffer({
    sessionId: first,
    agentId: agentId('plan'),
    attempt: 1,
    turnId: 'run-1' as TurnId,
    items: [...datas, deep].map((dataText, index) => ({
      kind: 'tool-call' as const,
      id: `${index}`,
      dataText,
    })),
  });
  server.journal.flush();
  const text = await readUntil(server, '/api/events', ['event: ready']);
  const lines = text.split('\n').filter((line) => line.includes('TranscriptItem'));
  expect(lines[0]).toContain('"item":{"kind":"tool-call","big":12345678901234567890,"a":1e2}}');
  const parsed = lines.map((line) => JSON.parse(line.slice('data: '.length)) as EventView);
  const kind = 'tool-call';
  expect(parsed.map(({ item }) => item)).toEqual([
    { kind, big: Number('12345678901234567890'), a: 100 },
    { kind, data: 'not json' },
    { kind, data: 'a text' },
    { kind, data: '[' },
    { kind, x: [1] },
    { kind, data: deep },
  ]);
  const { items } = await server.client.sessionEvents(first, { limit: 10 });
  expect(parsed).toEqual(items.slice(1));
});

test('does not read ahead of a slow client, and loses no event', async () => {
  await using server = await startTestServer();
  server.journal.append(first, [sessionStarted()]);
  const frameCount = 1_500;
  for (let index = 0; index < frameCount; index += 100) {
    server.journal.buffer({
      sessionId: first,
      agentId: agentId('plan'),
      attempt: 1,
      turnId: 'run-1' as TurnId,
      items: Array.from({ length: 100 }, (_, offset) => ({
        kind: 'text' as const,
        id: String(index + offset + 1),
        dataText: JSON.stringify({ text: 'x'.repeat(10_000) }),
      })),
    });
    server.journal.flush();
  }
  const { journal } = server;
  let readCount = 0;
  const allEvents = journal.allEvents.bind(journal);
  journal.allEvents = (options) => {
    const page = allEvents(options);
    readCount += page.length;
    return page;
  };
  const socket = connect(server.port, '127.0.0.1');
  socket.write(
    `GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once('readable', resolve));
  // The client reads nothing now. Meanwhile, other clients are served as usual.
  const other = await readUntil(server, '/api/events', ['event: ready']);
  expect(idsIn(other)).toHaveLength(frameCount + 1);
  const readForBoth = readCount;
  // Of 15 MB, only what fits into the buffers of the socket may have been read.
  expect(readForBoth).toBeLessThan(frameCount * 2);
  const pieces: string[] = [];
  socket.setEncoding('utf8');
  for await (const chunk of socket) {
    pieces.push(String(chunk));
    if (pieces.slice(-2).join('').includes('event: ready')) break;
  }
  const text = pieces.join('');
  expect(idsIn(text.replaceAll('\r', ''))).toEqual(
    Array.from({ length: frameCount + 1 }, (_, index) => index + 1),
  );
});

test('disconnects a client that reads nothing for too long', async () => {
  await using server = await startTestServer({ timing: { stalledTimeoutMs: 50 } });
  server.journal.append(first, [sessionStarted({ input: 'x'.repeat(20_000_000) })]);
  const socket = connect(server.port, '127.0.0.1');
  socket.write(
    `GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${server.token}\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once('readable', resolve));
  await expect.poll(() => server.server.openStreams()).toBe(0);
  socket.destroy();
});

test('removes a client that has disconnected', async () => {
  await using server = await startTestServer();
  await readUntil(server, '/api/events', ['event: ready']);
  await expect.poll(() => server.server.openStreams()).toBe(0);
});

test('a client reconnects without missing an event', async () => {
  await using server = await startTestServer();
  server.journal.append(first, [sessionStarted()]);
  const states: string[] = [];
  const seen: number[] = [];
  const stop = new AbortController();
  await server.client.follow({
    signal: stop.signal,
    onConnection: ({ state }) => {
      states.push(state);
    },
    onEvent: ({ position }) => {
      seen.push(position);
      if (position === 1) {
        server.journal.append(first, [dismissed]);
        server.server.endStreams();
      }
      if (position === 2) stop.abort();
    },
  });
  expect(seen).toEqual([1, 2]);
  expect(states).toContain('reconnecting');
});

test('a client that is not logged in gets an error instead of retrying forever', async () => {
  await using server = await startTestServer();
  const { createClient } = await import('../contract/client.ts');
  const stranger = createClient({
    baseUrl: server.url,
    identity: { kind: 'token', token: 'wrong' },
  });
  await expect(
    stranger.follow({ signal: new AbortController().signal, onEvent: () => undefined }),
  ).rejects.toMatchObject({ code: 'not_logged_in' });
});
