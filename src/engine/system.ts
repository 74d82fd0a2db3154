import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Journal } from '../journal/types.ts';
import type { FollowUpId, SessionId, ThreadId } from '../session/ids.ts';
import type { Clock, Ids } from './context.ts';

/** Timers of Node count in 32 bits of milliseconds; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await wait(Math.min(Math.max(0, ms), MAX_TIMER_MS), undefined, {
        ref: false,
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },
};

/** Random ids. A session's first 8 characters name its folder, so no two sessions of a journal share them. */
export function systemIds(journal: Pick<Journal, 'findSessions'>): Ids {
  const hex = (): string => randomUUID().replaceAll('-', '');
  return {
    session() {
      let id = hex();
      while (journal.findSessions(`s_${id.slice(0, 8)}`, 1).length > 0) id = hex();
      return `s_${id}` as SessionId;
    },
    thread: (prefix) => `${prefix}${randomUUID()}` as ThreadId,
    followUp: () => `f_${hex()}` as FollowUpId,
  };
}
