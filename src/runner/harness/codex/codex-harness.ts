import type { HarnessThread } from '../adapter.ts';
import type { HostThread } from '../harness.ts';
import type { SharedHarness } from '../run-shared-host.ts';
import { AppServer } from './app-server.ts';
import { appServerLaunch } from './launch.ts';
import { openCodexThread } from './open-thread.ts';

/** One `codex app-server` for all threads of this process. `onGone`: it ended by itself, and its threads know. */
export class CodexHarness implements SharedHarness {
  readonly #onGone: () => void;
  #server: Promise<AppServer> | null = null;
  #isClosing = false;

  constructor(onGone: () => void) {
    this.#onGone = onGone;
  }

  readonly openThread = async (thread: HostThread): Promise<HarnessThread> =>
    openCodexThread(await this.#started(thread), thread);

  async close(): Promise<void> {
    this.#isClosing = true;
    // One that did not start was told of by whoever needed it, and has nothing to stop.
    const server = await this.#server?.catch(() => null);
    await server?.stop();
  }

  /** Threads come to this process because they need the same one: the first of them says how it is started. */
  #started(thread: HostThread): Promise<AppServer> {
    this.#server ??= this.#start(thread);
    return this.#server;
  }

  async #start(thread: HostThread): Promise<AppServer> {
    try {
      const server = await AppServer.start(await appServerLaunch(thread));
      // Its turns hear of it first: what is called off for another reason would not be taken up again.
      void server.gone.then(() => setImmediate(() => this.#isClosing || this.#onGone()));
      return server;
    } catch (error) {
      // The next thread may find it fixed.
      this.#server = null;
      throw error;
    }
  }
}
