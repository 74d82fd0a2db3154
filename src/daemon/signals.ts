import type { Log } from '../server/services.ts';

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, or when a client requests a stop. A second Ctrl-C exits immediately, and
 * so does an uncaught error: the journal survives a crash, while a partly working daemon could do harm.
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
        log.info({ signal }, 'stop requested');
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
}
