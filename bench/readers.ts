import { connect } from 'node:net';
import { startChild } from './child.ts';

const READERS = 500;
const ROUNDS = 3;

type ServerAddress = { readonly port: number; readonly token: string };
type Cost = { readonly cpuSeconds: number; readonly events: number };

/**
 * Measures the processor time of a daemon's event stream with one reader and with many readers that all follow the same
 * events to the end.
 */
export async function measureReaders(): Promise<Record<string, number>> {
  const one: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    one.push(await costWithReaders(1));
    many.push(await costWithReaders(READERS));
  }
  const best = (costs: readonly number[]) => Math.min(...costs);
  return {
    'one reader (CPU seconds)': best(one),
    [`${READERS} readers (CPU seconds)`]: best(many),
    [`ratio of ${READERS} readers to one`]: best(many) / best(one),
  };
}

async function costWithReaders(readers: number): Promise<number> {
  const server = startChild('./serve-events.ts', {});
  const messages = { next: <Value>() => nextMessage<Value>(server) };
  const { port, token } = await messages.next<ServerAddress>();
  const ends = Array.from({ length: readers }, () => readToEnd(port, token));
  await Promise.all(ends.map(({ isReady }) => isReady));
  server.send('begin');
  await Promise.all(ends.map(({ hasEnded }) => hasEnded));
  server.send('end');
  const { cpuSeconds } = await messages.next<Cost>();
  server.disconnect();
  return cpuSeconds;
}

const nextMessage = <Value>(server: ReturnType<typeof startChild>): Promise<Value> =>
  new Promise((resolve, reject) => {
    server.once('message', (message) => resolve(message as Value)); // `serve-events.ts` sends messages of the expected type.
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}`)));
  });

function readToEnd(port: number, token: string) {
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  let tail = '';
  socket.on('error', ended.reject);
  socket.on('data', (chunk: Buffer) => {
    const text = tail + chunk.toString('latin1');
    tail = text.slice(-64);
    if (text.includes('event: ready')) ready.resolve();
    if (!text.includes('SessionDismissed')) return;
    socket.destroy();
    ended.resolve();
  });
  return { isReady: ready.promise, hasEnded: ended.promise };
}
