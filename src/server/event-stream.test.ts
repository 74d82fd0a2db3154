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

/** Reads the stream as text until one of these words comes. */
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
    // A word may lie across two chunks.
    const recent = pieces.slice(-2).join('');
    if (words.some((word) => recent.includes(word))) break;
  }
  stop.abort();
  return pieces.join('');
}

const idsIn = (text: string): number[] =>
  [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

test('sends what is on disk, says that it is ready, then what comes', async () => {
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

test('continues after the last event id, and after the given position without one', async () => {
  await using server = await startTestServer();
  server.journal.append(first, [sessionStarted(), dismissed, { type: 'SessionRestored' }]);
  expect(idsIn(await readUntil(server, '/api/events?after=1', ['event: ready']))).toEqual([2, 3]);
  const resumed = await readUntil(server, '/api/events?after=1', ['event: ready'], {
    'last-event-id': '2',
  });
  expect(idsIn(resumed)).toEqual([3]);
});

test('counts by the session when only one is wanted', async () => {
  await using server = await startTestServer();
  server.journal.append(first, [sessionStarted()]);
  server.journal.append(second, [sessionStarted(), dismissed]);
  const text = await readUntil(server, '/api/events?session=b&after=1', ['event: ready']);
  expect(idsIn(text)).toEqual([2]);
  expect(text).toContain('"position":3');
});

test('refuses a place that the journal never had, and words that are no place', async () => {
  await using server = await startTestServer();
  const ask = (id: string) =>
    server.json('/api/events', { headers: { 'last-event-id': id } }) as Promise<unknown>;
  expect(await ask('7')).toMatchObject({ error: { code: 'unknown_position' } });
  expect(await ask('seven')).toMatchObject({ error: { code: 'bad_request' } });
});

test('sends the status when it changes, and only then', async () => {
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

test('shows that the connection lives while nothing happens', async () => {
  await using server = await startTestServer({ timing: { statusPollMs: 5, heartbeatMs: 20 } });
  expect(await readUntil(server, '/api/events', [': still here'])).toContain('event: ready');
});

test('keeps an item whole, whatever line breaks its data has', async () => {
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

test('reads and writes events out once for all clients that stand at the same place', async () => {
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
  // One reading of each event for all of them, or a few where clients stood at different places.
  expect(readCount).toBeLessThan(7 * 5);
});

test('passes the data of a frame on as it is stored, and as a text where it is none of JSON', async () => {
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

test('reads no further ahead than a slow client takes, and loses it nothing', async () => {
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
  // The client reads nothing now. Other clients are served all the same, which also lets time pass.
  const other = await readUntil(server, '/api/events', ['event: ready']);
  expect(idsIn(other)).toHaveLength(frameCount + 1);
  const readForBoth = readCount;
  // 15 MB wait for it; what was read ahead is what fits into the buffers of its socket, not all of that.
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

test('lets a client go that takes nothing for too long', async () => {
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

test('forgets a client that went away', async () => {
  await using server = await startTestServer();
  await readUntil(server, '/api/events', ['event: ready']);
  await expect.poll(() => server.server.openStreams()).toBe(0);
});

test('a client finds its way back to a daemon that was started again, without a gap', async () => {
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

test('a client that is not logged in is told so, instead of trying forever', async () => {
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
