import { describe, expect, it } from 'vitest';
import { matchesPoint, shouldFire } from './matching.ts';

const faultPoint = {
  operation: 'getRun',
  method: 'GET',
  path: '/v1/agents/bc-1/runs/run-1',
  agentId: 'bc-1',
  agentName: 'Writer',
} as const;

describe('isAbout', () => {
  it('matches if all of its conditions hold', () => {
    expect(matchesPoint({}, faultPoint)).toBe(true);
    expect(matchesPoint({ operation: 'getRun', method: 'GET', agent: 'Writer' }, faultPoint)).toBe(
      true,
    );
    expect(matchesPoint({ agent: 'bc-1' }, faultPoint)).toBe(true);
    expect(matchesPoint({ operation: 'getRun', agent: 'Reader' }, faultPoint)).toBe(false);
    expect(matchesPoint({ operation: 'listRuns' }, faultPoint)).toBe(false);
  });

  it('matches part of a path, with * for anything', () => {
    expect(matchesPoint({ path: '/v1/agents/*/runs' }, faultPoint)).toBe(true);
    expect(matchesPoint({ path: '/v1/me' }, faultPoint)).toBe(false);
    expect(matchesPoint({ path: 'v1.agents' }, faultPoint)).toBe(false);
  });
});

describe('firesNext', () => {
  const firings = (match: object, calls: number): boolean[] => {
    let fired = 0;
    return Array.from({ length: calls }, (_, seen) => {
      const isFiring = shouldFire({ match, seen, fired });
      if (isFiring) fired += 1;
      return isFiring;
    });
  };

  it('fires on every call without counters', () => {
    expect(firings({}, 3)).toEqual([true, true, true]);
  });

  it('fires once on the nth call, unless times is larger', () => {
    expect(firings({ nth: 2 }, 4)).toEqual([false, true, false, false]);
    expect(firings({ nth: 2, times: 2 }, 4)).toEqual([false, true, true, false]);
    expect(firings({ times: 1 }, 3)).toEqual([true, false, false]);
  });

  it('is reproducible with the same seed and differs with another', () => {
    const one = firings({ probability: 0.3, seed: 1 }, 500);
    expect(firings({ probability: 0.3, seed: 1 }, 500)).toEqual(one);
    expect(firings({ probability: 0.3, seed: 2 }, 500)).not.toEqual(one);
    const share = one.filter(Boolean).length / 500;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.4);
  });
});
