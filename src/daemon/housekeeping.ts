import { pruneFetchedBranches } from '../changes/fetch-branch.ts';
import { pruneApplied } from '../changes/undo.ts';
import type { Log } from '../server/services.ts';

const DAY_MS = 24 * 60 * 60_000;
const INTERVAL_MS = DAY_MS;
/** Fetched branches can be fetched again. */
const FETCHED_RETENTION_MS = 14 * DAY_MS;
/** Applied changes cannot be undone after this time. */
const APPLIED_RETENTION_MS = 90 * DAY_MS;

/** Removes old files now and once a day. Returns a function that stops it. */
export function startHousekeeping(
  home: string,
  log: Log,
  now: () => number = Date.now,
): () => Promise<void> {
  let running = Promise.resolve();
  const cleanUp = async (): Promise<void> => {
    try {
      await pruneFetchedBranches(home, FETCHED_RETENTION_MS, now());
      await pruneApplied(home, APPLIED_RETENTION_MS, now());
    } catch (error) {
      // Old files only take up space, so this is not an error.
      log.warn({ error }, 'old files could not be removed');
    }
  };
  const next = (): void => {
    running = running.then(cleanUp);
  };
  next();
  const timer = setInterval(next, INTERVAL_MS).unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}
