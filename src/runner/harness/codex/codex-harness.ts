import type { HarnessThread } from '../adapter.ts';
import type { HostThread } from '../harness.ts';
import type { SharedHarness } from '../run-shared-host.ts';
import { AppServer } from './app-server.ts';
import { appServerLaunch } from './launch.ts';
import { openCodexThread } from './open-thread.ts';

/**
 * One `codex app-server` for all threads of this process. `onGone`: it has exited by itself, and its threads have been
 * notified.
 */
export class CodexHarness implements SharedHarness {
  readonly #onExit: () => void;
  #server: Promise<AppServer> | null = null;
  #isClosing = false;

  constructor(onExit: () => void) {
    this.#onExit = onExit;
  }

  readonly openThread = async (thread: HostThread): Promise<HarnessThread> =>
    openCodexThread(await this.#startOnce(thread), thread);

  async close(): Promise<void> {
    this.#isClosing = true;
    // A failed start was reported by the thread that needed it, and there is nothing to stop.
    const server = await this.#server?.catch(() => null);
    await server?.stop();
  }

  /** All threads of this process need the same server; the first one provides the options. */
  #startOnce(thread: HostThread): Promise<AppServer> {
    this.#server ??= this.#start(thread);
    return this.#server;
  }

  async #start(thread: HostThread): Promise<AppServer> {
    try {
      const server = await AppServer.start(await appServerLaunch(thread));
      // The turns must be notified first: those that are cancelled for another reason would not be resumed.
      void server.exited.then(() => setImmediate(() => this.#isClosing || this.#onExit()));
      return server;
    } catch (error) {
      // The next thread tries again.
      this.#server = null;
      throw error;
    }
  }
}
