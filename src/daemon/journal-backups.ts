import type { Journal } from '../journal/types.ts';
import type { Log } from '../server/services.ts';

const EVERY_MS = 60 * 60_000;
const KEY = 'last-backup-position';

/**
 * Backs the journal up now, once an hour and at the end, when anything was written since. What happened after the
 * last backup can be asked from Cursor again when the journal is damaged. Returns how to end it.
 */
export function startBackups(
  journal: Pick<Journal, 'backup' | 'facts' | 'lastPosition'>,
  log: Log,
  onBackedUp: (position: number) => Promise<void> = async () => {},
  everyMs = EVERY_MS,
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
      // The earlier backups are kept, and the next hour tries again.
      log.warn({ error }, 'the journal could not be backed up');
      return;
    }
    await onBackedUp(position).catch((error: unknown) =>
      log.warn({ error }, 'the runner could not be told about the backup'),
    );
  };
  const next = (): void => {
    running = running.then(backUp);
  };
  next();
  const timer = setInterval(next, everyMs).unref();
  return () => {
    clearInterval(timer);
    next();
    return running;
  };
}
