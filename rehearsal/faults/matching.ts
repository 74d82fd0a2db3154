import type { Fault, FaultMatch, FaultPoint } from './fault.ts';

/** Whether a fault matches this call. `shouldFire` checks its counters. */
export function matchesPoint(match: FaultMatch, faultPoint: FaultPoint): boolean {
  if (match.operation !== undefined && match.operation !== faultPoint.operation) return false;
  if (match.method !== undefined && match.method !== faultPoint.method?.toUpperCase()) return false;
  if (match.path !== undefined && !pathMatches(match.path, faultPoint.path ?? '')) return false;
  if (match.agent === undefined) return true;
  return match.agent === faultPoint.agentId || match.agent === faultPoint.agentName;
}

/** Whether the fault fires on its next matching call. Depends only on the fault, so the result is reproducible. */
export function shouldFire({
  match,
  seen,
  fired,
}: Pick<Fault, 'match' | 'seen' | 'fired'>): boolean {
  const call = seen + 1;
  if (call < (match.nth ?? 1)) return false;
  const times = match.times ?? (match.nth === undefined ? Number.POSITIVE_INFINITY : 1);
  if (fired >= times) return false;
  return match.probability === undefined || pseudoRandom(match.seed ?? 1, call) < match.probability;
}

function pathMatches(pattern: string, path: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.*')).test(path);
}

/** A number in [0, 1) that depends only on the arguments (mulberry32). */
function pseudoRandom(seed: number, index: number): number {
  let state = (seed + Math.imul(index, 0x6d2b79f5)) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}
