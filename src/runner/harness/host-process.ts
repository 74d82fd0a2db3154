import { trustCertificateFile } from '../../lib/certificates.ts';
import { HOST_HEARTBEAT_EVERY_MS } from './harness.ts';
import { shorten } from './shorten.ts';

/** What a host does with its threads. */
export type HostWork = {
  /** Throws what makes the whole process useless. */
  receive(raw: unknown): Promise<void>;
  /** A promise that the harness forgot was rejected. */
  complain(text: string): void;
  /** The process cannot continue: whatever is in progress is told as interrupted. */
  giveUp(message: string): Promise<void>;
  /** Ends cleanly. `isOrphan`: the runner is gone, so that nobody hears and no one else cleans up. */
  close(ending: { readonly isOrphan: boolean }): Promise<void>;
};

/** What a host says about itself. */
export type OwnWord =
  | { readonly kind: 'ready' }
  | { readonly kind: 'alive'; readonly rssBytes: number };

/**
 * A host is a child of the runner that loads a harness. What the harness does to its process (errors that nobody
 * handles, changed settings, memory) stays in here, and the process may be killed at any time.
 */
export class HostProcess {
  readonly #work: HostWork;
  #isEnding = false;

  constructor(work: HostWork) {
    this.#work = work;
  }

  /** Listens, and says that it is ready. `tell` sends after everything that was sent before. */
  run(tell: (word: OwnWord) => Promise<void>): void {
    const distrusted = trustCertificateFile(process.env);
    if (distrusted !== null) complain(distrusted);
    process.on('message', (raw) => void this.#receive(raw));
    // The runner is gone: nobody hears us anymore, and no one else ends what we started.
    process.on('disconnect', () => void this.end({ isOrphan: true }));
    process.on('SIGTERM', () => void this.end());
    // A terminal that closes, and Ctrl-C in one, mean others.
    process.on('SIGINT', () => undefined);
    process.on('SIGHUP', () => undefined);
    // A promise that the harness forgot breaks at most its own call.
    process.on('unhandledRejection', (reason) => {
      const text = describe(reason);
      complain(`unhandled rejection: ${text}`);
      this.#work.complain(text);
    });
    // Here the state is not to be trusted: turns are told as interrupted, and another process resumes them.
    process.on('uncaughtException', (error) => void this.#giveUp(error));
    const tellMemory = () => void tell({ kind: 'alive', rssBytes: process.memoryUsage.rss() });
    setInterval(tellMemory, HOST_HEARTBEAT_EVERY_MS);
    void tell({ kind: 'ready' });
    // A short turn is over before the first beat, and its memory is to be known all the same.
    tellMemory();
  }

  async end({ isOrphan }: { readonly isOrphan: boolean } = { isOrphan: false }): Promise<void> {
    if (this.#isEnding && !isOrphan) return;
    this.#isEnding = true;
    try {
      await this.#work.close({ isOrphan });
    } catch (error) {
      complain(`not closed in good order: ${describe(error)}`);
    }
    process.exit(0);
  }

  async #receive(raw: unknown): Promise<void> {
    try {
      await this.#work.receive(raw);
    } catch (error) {
      await this.#giveUp(error);
    }
  }

  async #giveUp(error: unknown): Promise<void> {
    const text = describe(error);
    complain(`uncaught exception: ${text}`);
    if (this.#isEnding) process.exit(70);
    this.#isEnding = true;
    await this.#work.giveUp(`The agent's process ended because of an unhandled error: ${text}`);
    process.exit(70);
  }
}

/** A failed message means that the runner is gone; `disconnect` deals with that. */
export function sendToRunner(message: object): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) return resolve();
    process.send(message, () => resolve());
  });
}

/** Errors of an SDK can carry lines of its bundle, which are megabytes long. */
const describe = (error: unknown): string =>
  shorten(error instanceof Error ? `${error.name}: ${error.message}` : String(error));

export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
