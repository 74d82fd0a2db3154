import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ConnectionState, followEvents } from './event-stream.ts';

type Connection = { after: number; send: (text: string) => void; cut: () => void };

/** A daemon controlled by the test. A delay ends at once, unless the stream is suspended. */
function fakeDaemon(random = 0) {
  const connections: Connection[] = [];
  const states: ConnectionState[] = [];
  const received: number[] = [];
  const delays: number[] = [];
  let notifyChange = () => {};
  const nextChange = () =>
    new Promise<void>((resolve) => {
      notifyChange = resolve;
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
        queueMicrotask(() => notifyChange());
        return new Response(body);
      },
      isSignedOut: () => false,
      sleep: (milliseconds, signal) => {
        delays.push(milliseconds);
        if (milliseconds <= 60_000) return Promise.resolve();
        return new Promise((resolve) => {
          signal?.addEventListener('abort', () => resolve());
        });
      },
      random: () => random,
      onEvents: (events) => {
        received.push(...events.map(({ position }) => position));
        notifyChange();
      },
      onStatus: () => notifyChange(),
      onState: (state) => {
        states.push(state);
        notifyChange();
      },
    },
    10,
  );
  const waitUntil = async (condition: () => boolean) => {
    while (!condition()) await nextChange();
  };
  return { connections, states, received, delays, stream, waitUntil };
}

const message = (position: number) => `id: ${position}\ndata: ${JSON.stringify({ position })}\n\n`;

afterEach(() => void vi.useRealTimers());

describe("following the daemon's events", () => {
  it('resumes after the last delivered event and delivers none twice', async () => {
    const { connections, received, stream, waitUntil } = fakeDaemon();
    await waitUntil(() => connections.length === 1);
    connections[0]?.send(message(11) + message(12));
    await waitUntil(() => received.length === 2);
    connections[0]?.cut();
    await waitUntil(() => connections.length === 2);
    connections[1]?.send(message(12) + message(13));
    await waitUntil(() => received.length === 3);
    stream.stop();
    expect(connections.map(({ after }) => after)).toEqual([10, 12]);
    expect(received).toEqual([11, 12, 13]);
  });

  it('reports catching up until the daemon reports that everything has been sent', async () => {
    const { connections, states, stream, waitUntil } = fakeDaemon();
    await waitUntil(() => connections.length === 1);
    connections[0]?.send(`${message(11)}event: ready\ndata: {}\n\n`);
    await waitUntil(() => states.includes('live'));
    stream.stop();
    expect(states).toEqual(['connecting', 'catching-up', 'live']);
  });

  it('reconnects when the daemon has been silent for too long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { connections, states, stream, waitUntil } = fakeDaemon();
    await waitUntil(() => states.includes('catching-up'));
    vi.advanceTimersByTime(45_000);
    await waitUntil(() => connections.length === 2);
    stream.stop();
    expect(states).toContain('offline');
  });

  it('closes the connection while suspended, and resumes where it was', async () => {
    const { connections, received, states, stream, waitUntil } = fakeDaemon();
    await waitUntil(() => connections.length === 1);
    connections[0]?.send(message(11));
    await waitUntil(() => received.length === 1);
    stream.suspend();
    await waitUntil(() => states.includes('offline'));
    expect(connections).toHaveLength(1);
    stream.retryNow();
    await waitUntil(() => connections.length === 2);
    stream.stop();
    expect(connections[1]?.after).toBe(11);
  });

  it('waits longer after each failure, up to about ten seconds', async () => {
    const { connections, delays, stream, waitUntil } = fakeDaemon(1);
    for (let count = 1; count <= 8; count += 1) {
      await waitUntil(() => connections.length === count);
      connections[count - 1]?.cut();
    }
    await waitUntil(() => delays.length === 8);
    stream.stop();
    expect(delays).toEqual([750, 1250, 2250, 4250, 8250, 10_250, 10_250, 10_250]);
  });
});
