import { describe, expect, it } from 'vitest';
import { Clock, type ClockState, steadyClock } from './clock.ts';

describe('Clock', () => {
  it('runs at its scale and never backwards when the scale changes', () => {
    let real = 1_000;
    const clock = new Clock({ scale: 10, realNow: () => real });
    real += 100;
    expect(clock.now()).toBe(2_000);
    clock.setScale(1);
    real += 100;
    expect(clock.now()).toBe(2_100);
    expect(clock.unscaledNow()).toBe(1_200);
  });

  it('applies jumps to unscaled time as well', () => {
    const clock = new Clock({ scale: 1, realNow: () => 50 });
    clock.jump(1_000);
    expect([clock.now(), clock.unscaledNow()]).toEqual([1_050, 1_050]);
  });

  it('continues from a stored state', () => {
    let stored: ClockState | undefined;
    const before = new Clock({ scale: 1, realNow: () => 0, onChange: (state) => (stored = state) });
    before.jump(500);
    const after = new Clock({ scale: 1, realNow: () => 20, ...(stored && { state: stored }) });
    expect(after.now()).toBe(520);
  });

  it("continues when the machine's clock is set back, and follows it forward", () => {
    let wall = 10_000_000;
    let passed = 0;
    const advance = (ms: number) => {
      wall += ms;
      passed += ms;
    };
    const realNow = steadyClock(
      () => wall,
      () => passed,
    );
    const clock = new Clock({ scale: 10, realNow });
    const begin = clock.now();
    advance(1_000);
    expect(clock.now() - begin).toBe(10_000);
    wall -= 3_600_000;
    for (let second = 2; second <= 5; second += 1) {
      advance(1_000);
      expect(clock.now() - begin).toBe(second * 10_000);
    }
    expect(clock.unscaledNow()).toBe(10_005_000);
    wall += 3_600_000;
    advance(1_000);
    expect(clock.now() - begin).toBe(60_000);
    wall += 500_000;
    expect(clock.now() - begin).toBe(60_000 + 5_000_000);
  });

  it('continues at once from a stored state after the clock was set back', () => {
    let real = 1_000;
    const state = { realMs: 3_600_000, simulatedMs: 4_000_000, jumpedMs: 0, scale: 1 };
    const clock = new Clock({ scale: 1, state, realNow: () => real });
    expect(clock.now()).toBe(4_000_000);
    real += 10;
    expect(clock.now()).toBe(4_000_010);
  });

  it('wakes sleepers at once when the clock jumps past them', async () => {
    const clock = new Clock({ scale: 1 });
    const slept = clock.sleep(4 * 3_600_000);
    clock.jump(4 * 3_600_000);
    await slept;
  });

  it('rejects an aborted sleep with the reason of the abort', async () => {
    const clock = new Clock({ scale: 1 });
    const controller = new AbortController();
    const slept = clock.sleep(1_000_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
  });

  it('rejects a scale of zero and negative jumps', () => {
    const clock = new Clock({ scale: 1 });
    expect(() => clock.setScale(0)).toThrow(RangeError);
    expect(() => clock.jump(-1)).toThrow(RangeError);
  });
});
