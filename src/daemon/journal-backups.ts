import type { Journal } from '../journal/types.ts';
import type { Log } from '../server/services.ts';

const INTERVAL_MS = 60 * 60_000;
const KEY = 'last-backup-position';

/**
 * Backs up the journal now, every hour and at the end, if it has changed. If the journal is damaged, Cursor can be asked
 * for everything after the last backup. Returns a function that stops it.
 */
export function startBackups(
  journal: Pick<Journal, 'backup' | 'facts' | 'lastPosition'>,
  log: Log,
  onBackedUp: (position: number) => Promise<void> = async () => {},
  intervalMs = INTERVAL_MS,
): () => Promise<void> {
  let running = Promise.resolve();
  const backUp = async (): Promise<void> => {
    const position = journal.lastPosition;
    if (position === 0 || journal.facts.get(KEY) === position) return;
    try {
      const path = await journal.backup();
      journal.facts.set(KEY, position);
      log.info({ path, position }, 'the journal was backed up');
    } catch (error) {
      // The earlier backups are kept, and the next run tries again.
      log.warn({ error }, 'the journal could not be backed up');
      return;
    }
    await onBackedUp(position).catch((error: unknown) =>
      log.warn({ error }, 'the runner could not be notified of the backup'),
    );
  };
  const next = (): void => {
    running = running.then(backUp);
  };
  next();
  const timer = setInterval(next, intervalMs).unref();
  return () => {
    clearInterval(timer);
    next();
    return running;
  };
}
