import { trustCertificateFile } from '../../lib/certificates.ts';
import { HOST_HEARTBEAT_EVERY_MS } from './harness.ts';
import { shorten } from './shorten.ts';

/** What a host does with its threads. */
export type HostHandlers = {
  /** Handles a message of the runner. Rejects if the process cannot continue. */
  receive(raw: unknown): Promise<void>;
  /** Reports an unhandled rejection of the harness. */
  logError(text: string): void;
  /** The process cannot continue: ends the turns in progress as interrupted. */
  fail(message: string): Promise<void>;
  /** Closes the threads. `isOrphaned`: the runner is gone, so nobody receives messages or cleans up. */
  close(ending: { readonly isOrphaned: boolean }): Promise<void>;
};

/** Messages about the process itself. */
export type ProcessMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'alive'; readonly rssBytes: number };

/**
 * A child process of the runner that loads a harness. Unhandled errors, global settings and memory use of the harness
 * are confined to it, and it can be killed at any time.
 */
export class HostProcess {
  readonly #handlers: HostHandlers;
  #isEnding = false;

  constructor(handlers: HostHandlers) {
    this.#handlers = handlers;
  }

  /** Starts to handle messages and sends `ready`. `send` delivers messages in order. */
  run(send: (message: ProcessMessage) => Promise<void>): void {
    const certificateError = trustCertificateFile(process.env);
    if (certificateError !== null) logError(certificateError);
    process.on('message', (raw) => void this.#receive(raw));
    // The runner is gone, so this process has to end its descendants itself.
    process.on('disconnect', () => void this.end({ isOrphaned: true }));
    process.on('SIGTERM', () => void this.end());
    // Closing a terminal, or Ctrl-C in it, is not meant for this process.
    process.on('SIGINT', () => undefined);
    process.on('SIGHUP', () => undefined);
    // An unhandled rejection affects at most the call that caused it.
    process.on('unhandledRejection', (reason) => {
      const text = messageOf(reason);
      logError(`unhandled rejection: ${text}`);
      this.#handlers.logError(text);
    });
    // The state cannot be trusted anymore: turns are reported as interrupted, and another process resumes them.
    process.on('uncaughtException', (error) => void this.#fail(error));
    const sendHeartbeat = () => void send({ kind: 'alive', rssBytes: process.memoryUsage.rss() });
    setInterval(sendHeartbeat, HOST_HEARTBEAT_EVERY_MS);
    void send({ kind: 'ready' });
    // Sent at once, so that the memory use of short turns is known too.
    sendHeartbeat();
  }

  async end(
    { isOrphaned }: { readonly isOrphaned: boolean } = { isOrphaned: false },
  ): Promise<void> {
    if (this.#isEnding && !isOrphaned) return;
    this.#isEnding = true;
    try {
      await this.#handlers.close({ isOrphaned });
    } catch (error) {
      logError(`closing failed: ${messageOf(error)}`);
    }
    process.exit(0);
  }

  async #receive(raw: unknown): Promise<void> {
    try {
      await this.#handlers.receive(raw);
    } catch (error) {
      await this.#fail(error);
    }
  }

  async #fail(error: unknown): Promise<void> {
    const text = messageOf(error);
    logError(`uncaught exception: ${text}`);
    if (this.#isEnding) process.exit(70);
    this.#isEnding = true;
    await this.#handlers.fail(`The agent's process ended because of an unhandled error: ${text}`);
    process.exit(70);
  }
}

/** Resolves also if the message cannot be sent: the runner is gone then, which `disconnect` handles. */
export function sendToRunner(message: object): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) return resolve();
    process.send(message, () => resolve());
  });
}

/** Errors of an SDK can contain lines of its bundle, which are megabytes long. */
const messageOf = (error: unknown): string =>
  shorten(error instanceof Error ? `${error.name}: ${error.message}` : String(error));

export function logError(text: string): void {
  process.stderr.write(`${text}\n`);
}
