import { pruneFetchedBranches } from '../changes/fetch-branch.ts';
import { pruneApplied } from '../changes/undo.ts';
import type { Log } from '../server/services.ts';

const DAY_MS = 24 * 60 * 60_000;
const EVERY_MS = DAY_MS;
/** Fetched branches can be fetched again. */
const KEEP_FETCHED_MS = 14 * DAY_MS;
/** After this nobody undoes what was applied. */
const KEEP_APPLIED_MS = 90 * DAY_MS;

/** Removes what nobody needs anymore, now and once a day. Returns how to end it. */
export function startHousekeeping(
  home: string,
  log: Log,
  now: () => number = Date.now,
): () => Promise<void> {
  let running = Promise.resolve();
  const cleanUp = async (): Promise<void> => {
    try {
      await pruneFetchedBranches(home, KEEP_FETCHED_MS, now());
      await pruneApplied(home, KEEP_APPLIED_MS, now());
    } catch (error) {
      // What could not be removed takes space, and nothing else.
      log.warn({ error }, 'old files could not be removed');
    }
  };
  const next = (): void => {
    running = running.then(cleanUp);
  };
  next();
  const timer = setInterval(next, EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}
