import type { Log } from '../server/services.ts';

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, or when a client asks. A second Ctrl-C ends the process at
 * once, and so does a bug that nobody caught: the journal is made for that, a half-working daemon is not.
 */
export function waitForStop(log: Log, stopRequested: Promise<void>): Promise<void> {
  const crash = (error: unknown): void => {
    log.error({ error }, 'ended because of an unexpected error');
    process.stderr.write(`Cerevisor ended because of an unexpected error: ${String(error)}\n`);
    process.exit(70);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  return new Promise((resolve) => {
    void stopRequested.then(resolve);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        log.info({ signal }, 'asked to stop');
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}
