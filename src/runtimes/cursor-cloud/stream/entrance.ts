import type { Sleep } from '../../../lib/sleep.ts';
import type { FollowEnd } from '../../turn-reading.ts';
import type { Limiter } from './limiter.ts';

type Entrance = {
  readonly limiter: Limiter;
  readonly sleep: Sleep;
  readonly isUrgent: (() => boolean) | undefined;
  /** Called at once and then this often while Cursor keeps everybody waiting; may end the wait. */
  readonly duringPause: (reason: string) => Promise<FollowEnd | null>;
  readonly pauseStepMs: number;
};

/** Waits for a turn at the limiter; `release` it after `entered`. Null = aborted. */
export async function enterLimiter(
  { limiter, sleep, isUrgent, duringPause, pauseStepMs }: Entrance,
  aborting: AbortSignal,
): Promise<FollowEnd | 'entered' | null> {
  const leaving = new AbortController();
  const signal = AbortSignal.any([aborting, leaving.signal]);
  const turn = limiter.enter(signal, isUrgent);
  // Mostly it is granted at once.
  const soon = new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)));
  let hasEntered: boolean | undefined = await Promise.race([turn, soon]);
  while (hasEntered === undefined) {
    const reason = limiter.pauseReason();
    const blocked = reason === null ? null : await duringPause(reason);
    if (blocked !== null) {
      leaving.abort();
      if (await turn) limiter.release();
      return blocked;
    }
    const look = new AbortController();
    const wait = sleep(pauseStepMs, AbortSignal.any([signal, look.signal]));
    hasEntered = (await Promise.race([turn, wait])) ?? undefined;
    look.abort();
  }
  return hasEntered ? 'entered' : null;
}
