import { randomUUID } from 'node:crypto';
import type { Journal } from '../journal/types.ts';
import { sleepInBackground } from '../lib/sleep.ts';
import type { FollowUpId, SessionId, ThreadId } from '../session/ids.ts';
import type { Clock, Ids } from './context.ts';

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: sleepInBackground,
};

/** Random ids. A session's first 8 characters name its folder, so no two sessions of a journal share them. */
export function systemIds(journal: Pick<Journal, 'findSessions'>): Ids {
  // Ids are branded where they are created.
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
