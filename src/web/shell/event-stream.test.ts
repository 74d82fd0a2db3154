import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ConnectionState, followEvents } from '../kernel/event-stream.ts';

type Connection = { after: number; send: (text: string) => void; cut: () => void };

/** A daemon of which the test decides what arrives; a pause ends as soon as it begins, unless it is a rest. */
function scene(random = 0) {
  const connections: Connection[] = [];
  const states: ConnectionState[] = [];
  const seen: number[] = [];
  const pauses: number[] = [];
  let tell = () => {};
  const changed = () =>
    new Promise<void>((resolve) => {
      tell = resolve;
    });
  const stream = followEvents(
    {
      open: async (after, signal) => {
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            const send = (text: string) => controller.enqueue(new TextEncoder().encode(text));
            signal.addEventListener('abort', () => controller.error(signal.reason));
            connections.push({ after, send, cut: () => controller.error(new Error('cut')) });
          },
        });
        queueMicrotask(() => tell());
        return new Response(body);
      },
      isSignedOut: () => false,
      sleep: (milliseconds, signal) => {
        pauses.push(milliseconds);
        if (milliseconds <= 60_000) return Promise.resolve();
        return new Promise((resolve) => {
          signal?.addEventListener('abort', () => resolve());
        });
      },
      random: () => random,
      onEvents: (events) => {
        seen.push(...events.map(({ position }) => position));
        tell();
      },
      onStatus: () => tell(),
      onState: (state) => {
        states.push(state);
        tell();
      },
    },
    10,
  );
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await changed();
  };
  return { connections, states, seen, pauses, stream, until };
}

const message = (position: number) => `id: ${position}\ndata: ${JSON.stringify({ position })}\n\n`;

afterEach(() => void vi.useRealTimers());

describe('following the events of the daemon', () => {
  it('continues after the last event that it has told, and tells none twice', async () => {
    const { connections, seen, stream, until } = scene();
    await until(() => connections.length === 1);
    connections[0]?.send(message(11) + message(12));
    await until(() => seen.length === 2);
    connections[0]?.cut();
    await until(() => connections.length === 2);
    connections[1]?.send(message(12) + message(13));
    await until(() => seen.length === 3);
    stream.stop();
    expect(connections.map(({ after }) => after)).toEqual([10, 12]);
    expect(seen).toEqual([11, 12, 13]);
  });

  it('says that it catches up until the daemon says that all has been sent', async () => {
    const { connections, states, stream, until } = scene();
    await until(() => connections.length === 1);
    connections[0]?.send(`${message(11)}event: ready\ndata: {}\n\n`);
    await until(() => states.includes('live'));
    stream.stop();
    expect(states).toEqual(['connecting', 'catching-up', 'live']);
  });

  it('connects again when the daemon has been silent for too long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { connections, states, stream, until } = scene();
    await until(() => states.includes('catching-up'));
    vi.advanceTimersByTime(45_000);
    await until(() => connections.length === 2);
    stream.stop();
    expect(states).toContain('offline');
  });

  it('lets go of the connection while it rests, and continues where it was', async () => {
    const { connections, seen, states, stream, until } = scene();
    await until(() => connections.length === 1);
    connections[0]?.send(message(11));
    await until(() => seen.length === 1);
    stream.rest();
    await until(() => states.includes('offline'));
    expect(connections).toHaveLength(1);
    stream.retryNow();
    await until(() => connections.length === 2);
    stream.stop();
    expect(connections[1]?.after).toBe(11);
  });

  it('waits longer after each failure, up to about ten seconds', async () => {
    const { connections, pauses, stream, until } = scene(1);
    for (let count = 1; count <= 8; count += 1) {
      await until(() => connections.length === count);
      connections[count - 1]?.cut();
    }
    await until(() => pauses.length === 8);
    stream.stop();
    expect(pauses).toEqual([750, 1250, 2250, 4250, 8250, 10_250, 10_250, 10_250]);
  });
});
