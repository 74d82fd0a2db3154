import { describe, expect, it } from 'vitest';
import { createLimiter } from './limiter.ts';

function virtualTime() {
  const time = { now: 1_000_000 };
  return {
    time,
    clock: () => time.now,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      // Waiters that are ready continue before the time advances.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted !== true) time.now += milliseconds;
    },
  };
}
const open = () => new AbortController().signal;

describe('the shared limiter', () => {
  it('allows a burst and spreads the rest over time', async () => {
    const { time, clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep, undefined, {
      perSecond: 10,
      burst: 20,
      maxOpening: 1_000,
    });
    const acquiredAt: number[] = [];
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        await limiter.acquire(open());
        acquiredAt.push(time.now - 1_000_000);
      }),
    );
    expect(acquiredAt.filter((at) => at === 0)).toHaveLength(20);
    expect(acquiredAt.at(-1)).toBeGreaterThanOrEqual(17_900);
    expect(acquiredAt.at(-1)).toBeLessThanOrEqual(18_400);
  });

  it('grants no slots during a pause', async () => {
    const { time, clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep);
    limiter.pause(60_000);
    await limiter.acquire(open());
    expect(time.now - 1_000_000).toBe(60_000);
  });

  it('during a long pause sends one probe every five minutes', async () => {
    const { time, clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep);
    limiter.pause(3_600_000);
    expect(limiter.pauseReason()).toMatch(/until 1970-01-01 01:16 UTC/);
    const abort = new AbortController();
    const acquiredAt: number[] = [];
    const waiting = Array.from({ length: 50 }, async () => {
      if (!(await limiter.acquire(abort.signal))) return;
      acquiredAt.push(time.now - 1_000_000);
      limiter.release();
      if (acquiredAt.length === 3) limiter.endPause();
    });
    await Promise.all(waiting);
    expect(acquiredAt.slice(0, 3)).toEqual([300_000, 600_000, 900_000]);
    expect(acquiredAt).toHaveLength(50);
    expect(acquiredAt.at(-1)).toBeLessThan(910_000);
    expect(limiter.pauseReason()).toBeNull();
  });

  it('does not wait longer than requested if the clock is set back', async () => {
    const { time, clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep);
    limiter.pause(60_000);
    time.now -= 500_000;
    await limiter.acquire(open());
    expect(time.now - 500_000).toBeLessThanOrEqual(60_000);
  });

  it('limits the number of connections that are being opened', async () => {
    const { clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep, undefined, {
      perSecond: 10,
      burst: 20,
      maxOpening: 2,
    });
    await limiter.acquire(open());
    await limiter.acquire(open());
    let isAcquired = false;
    const third = limiter.acquire(open()).then(() => {
      isAcquired = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isAcquired).toBe(false);
    limiter.release();
    await third;
    expect(isAcquired).toBe(true);
  });

  it('gives runs that a user is viewing precedence', async () => {
    const { clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep, undefined, {
      perSecond: 10,
      burst: 1,
      maxOpening: 1_000,
    });
    const order: string[] = [];
    const record = (name: string) => () => void order.push(name);
    await Promise.all([
      limiter.acquire(open()).then(record('first')),
      limiter.acquire(open()).then(record('second')),
      limiter.acquire(open(), () => true).then(record('shown')),
    ]);
    expect(order).toEqual(['first', 'shown', 'second']);
  });

  it('returns false when the signal is aborted, and admits the next waiter', async () => {
    const { clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep, undefined, {
      perSecond: 10,
      burst: 20,
      maxOpening: 1,
    });
    await limiter.acquire(open());
    const abort = new AbortController();
    const aborted = limiter.acquire(abort.signal);
    const next = limiter.acquire(open());
    abort.abort();
    expect(await aborted).toBe(false);
    limiter.release();
    expect(await next).toBe(true);
  });
});
