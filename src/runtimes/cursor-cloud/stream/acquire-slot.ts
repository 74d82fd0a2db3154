import type { Sleep } from '../../../lib/sleep.ts';
import type { FollowEnd } from '../../follow-types.ts';
import type { Limiter } from './limiter.ts';

type SlotRequest = {
  readonly limiter: Limiter;
  readonly sleep: Sleep;
  readonly isUrgent: (() => boolean) | undefined;
  /** Called at once and then at every step of a pause that Cursor requested. A result other than null ends the wait. */
  readonly duringPause: (reason: string) => Promise<FollowEnd | null>;
  readonly pollIntervalMs: number;
};

/** Waits for a slot of the limiter; call `release` after `acquired`. Null if aborted. */
export async function acquireSlot(
  { limiter, sleep, isUrgent, duringPause, pollIntervalMs }: SlotRequest,
  abortSignal: AbortSignal,
): Promise<FollowEnd | 'acquired' | null> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([abortSignal, giveUp.signal]);
  const acquired = limiter.acquire(signal, isUrgent);
  // Usually it is granted at once.
  const nextTick = new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)));
  let isAcquired: boolean | undefined = await Promise.race([acquired, nextTick]);
  while (isAcquired === undefined) {
    const reason = limiter.pauseReason();
    const blocked = reason === null ? null : await duringPause(reason);
    if (blocked !== null) {
      giveUp.abort();
      if (await acquired) limiter.release();
      return blocked;
    }
    const poll = new AbortController();
    const wait = sleep(pollIntervalMs, AbortSignal.any([signal, poll.signal]));
    isAcquired = (await Promise.race([acquired, wait])) ?? undefined;
    poll.abort();
  }
  return isAcquired ? 'acquired' : null;
}
