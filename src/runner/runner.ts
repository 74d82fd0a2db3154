import { chmodSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { acquireExclusiveLock, type ExclusiveLock } from '../lib/exclusive-lock.ts';
import { identityOf } from '../lib/process.ts';
import {
  type LocalThread,
  PROTOCOL,
  type RunnerInfo,
  type StopAnswer,
} from '../runtimes/local/protocol.ts';
import { runnerPlaces, socketAddress } from './places.ts';
import { runnerSecret } from './secret.ts';
import { createRunnerApp } from './server/app.ts';
import { SocketServer } from './server/socket-server.ts';
import { type Reachability, stayReachable } from './stay-reachable.ts';
import type { ThreadContext } from './threads/context.ts';
import type { StopReason } from './threads/stop-signal.ts';
import { ThreadRegistry } from './threads/thread-registry.ts';

export type RunnerOptions = {
  readonly home: string;
  readonly version: string;
  /** Names the copy of the programs that this runner and its hosts run from. */
  readonly build: string;
  readonly context: ThreadContext;
  /** Without anything to do and without any request it ends after so long. */
  readonly idleMs: number;
  /** Between two looks at whether it is still needed, and can still be reached. */
  readonly lookEveryMs: number;
};

const CLEAN_UP_EVERY_MS = 60 * 60_000;

/**
 * The runner of a home folder: it has the threads, answers daemons, and continues when they end. It ends by itself when
 * nobody needs it, and once told to.
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #places: ReturnType<typeof runnerPlaces>;
  readonly #threads: ThreadRegistry;
  readonly #ended = Promise.withResolvers<void>();
  readonly #startedAt = Date.now();
  #lock: ExclusiveLock | null;
  readonly #lockFile: number | null;
  #server: SocketServer | null = null;
  #reachability: Reachability | null = null;
  /** What leads to this runner is being written: whoever takes it away waits for it. */
  #reaching: Promise<void> = Promise.resolve();
  #address: string;
  #usedAt = performance.now();
  #looking: NodeJS.Timeout | undefined;
  #cleaning: NodeJS.Timeout | undefined;
  #isEnding = false;

  private constructor(options: RunnerOptions, lock: ExclusiveLock) {
    this.#options = options;
    this.#places = runnerPlaces(options.home);
    this.#lock = lock;
    this.#lockFile = inodeOf(this.#places.lock);
    this.#address = socketAddress(options.home, 'runner');
    this.#threads = new ThreadRegistry(options.context, this.#places.threads, () => ({
      ...identityOf(process.pid),
      address: this.#address,
    }));
  }

  /** Null when another runner has this home. */
  static async start(options: RunnerOptions): Promise<Runner | null> {
    const places = runnerPlaces(options.home);
    await mkdir(places.threads, { recursive: true, mode: 0o700 });
    chmodSync(places.folder, 0o700);
    const lock = acquireExclusiveLock(places.lock);
    if (lock === null) return null;
    const runner = new Runner(options, lock);
    await runner.#open();
    return runner;
  }

  /** Resolves when it has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Stops every turn for this reason, and ends. Tells how many there were, and which processes would not end. */
  async end(reason: StopReason): Promise<StopAnswer> {
    this.#threads.retire();
    const stopped = await this.#threads.stopAll(reason);
    // The answer to whoever asked goes out first.
    setImmediate(() => void this.#leave());
    return stopped;
  }

  async #open(): Promise<void> {
    const { say } = this.#options.context;
    const secret = await runnerSecret(this.#places.secret);
    const app = createRunnerApp({
      threads: this.#threads,
      secret,
      info: () => this.#info(),
      retire: () => this.#retire(),
      stop: () => this.end({ kind: 'cancelled' }),
      say,
    });
    const server = new SocketServer((request) => {
      this.#usedAt = performance.now();
      return app.fetch(request);
    });
    this.#server = server;
    await server.listen(this.#address);
    this.#reachability = {
      server,
      address: this.#address,
      files: [
        { path: this.#places.secret, text: `${secret}\n` },
        { path: this.#places.presence, text: this.#presence() },
      ],
    };
    await this.#restore(this.#reachability);
    say(`runner ${this.#options.version} (${this.#options.build}) listens at ${this.#address}`);
    this.#looking = setInterval(() => void this.#look(), this.#options.lookEveryMs);
    this.#cleaning = setInterval(() => void this.#cleanUp(), CLEAN_UP_EVERY_MS);
    // Clients are answered meanwhile.
    this.#threads
      .recover()
      .catch((error: unknown) => say(`not everything could be resumed: ${String(error)}`))
      .then(() => this.#cleanUp());
  }

  async #info(): Promise<RunnerInfo> {
    return {
      protocol: PROTOCOL,
      version: this.#options.version,
      build: this.#options.build,
      pid: process.pid,
      startedAt: this.#startedAt,
      openThreads: await this.#threads.openCount(),
      isRetiring: this.#threads.isRetiring,
    };
  }

  #presence(): string {
    const presence = {
      ...identityOf(process.pid),
      address: this.#address,
      protocol: PROTOCOL,
      build: this.#options.build,
      startedAt: this.#startedAt,
    };
    return `${JSON.stringify(presence)}\n`;
  }

  /** Makes place for a newer runner, and continues with its own threads at another address. */
  async #retire(): Promise<void> {
    if (this.#threads.isRetiring) return;
    this.#threads.retire();
    // From here on these belong to the newer runner.
    this.#reachability = null;
    await this.#reaching;
    const { home } = this.#options;
    this.#address = socketAddress(home, `runner-${process.pid}`);
    await this.#threads.moveTo(this.#address);
    await this.#server?.moveTo(this.#address);
    rmSync(this.#places.presence, { force: true });
    this.#lock?.release();
    this.#lock = null;
    this.#options.context.say('makes way for a newer runner');
  }

  /** Working folders that nobody has used for long. One that holds work stays. */
  async #cleanUp(): Promise<void> {
    const { workspaces, say } = this.#options.context;
    // Those of a newer runner are not known here.
    if (this.#threads.isRetiring) return;
    try {
      await this.#threads.prune();
      if (workspaces.cleanUp === undefined) return;
      const threads = await this.#threads.list();
      const busy = new Set(threads.filter(hasTurn).map(({ cwd }) => cwd));
      const { removed, kept } = await workspaces.cleanUp({ isInUse: (cwd) => busy.has(cwd) });
      for (const worktree of removed) say(`removed the worktree ${worktree}`);
      for (const { reason } of kept) say(reason);
    } catch (error) {
      say(`cleaning up failed: ${String(error)}`);
    }
  }

  async #look(): Promise<void> {
    await this.#stayReachable();
    await this.#threads.forget();
    const patienceMs = this.#threads.isRetiring ? 0 : this.#options.idleMs;
    const isUnused = performance.now() - this.#usedAt > patienceMs;
    if (isUnused && (await this.#threads.isAtRest())) await this.#leave();
  }

  async #stayReachable(): Promise<void> {
    if (this.#reachability === null) return;
    if (inodeOf(this.#places.lock) !== this.#lockFile) return this.#giveUpHome();
    const { say } = this.#options.context;
    try {
      for (const path of await this.#restore(this.#reachability)) say(`put ${path} back`);
    } catch (error) {
      say(`what leads to this runner is gone and cannot be put back: ${String(error)}`);
    }
  }

  #restore(reachability: Reachability): Promise<readonly string[]> {
    const restored = stayReachable(reachability);
    this.#reaching = restored.then(ignore, ignore);
    return restored;
  }

  /**
   * Someone removed the folder with the lock, so another runner may have the home by now. Nobody will ever ask for these
   * agents again, and those that are started instead must not work next to them.
   */
  async #giveUpHome(): Promise<void> {
    this.#options.context.say('its folder was removed, so it ends');
    this.#reachability = null;
    this.#lock = null;
    await this.end({ kind: 'interrupted', failure: FOLDER_REMOVED });
  }

  async #leave(): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#reachability = null;
    await this.#reaching;
    clearInterval(this.#looking);
    clearInterval(this.#cleaning);
    if (this.#lock !== null) rmSync(this.#places.presence, { force: true });
    await this.#server?.close();
    await this.#threads.close();
    this.#lock?.release();
    this.#options.context.say('ends');
    this.#ended.resolve();
  }
}

/** It was told by whoever asked for it. */
const ignore = () => {};

const FOLDER_REMOVED = {
  code: 'runner_stopped',
  message: 'The folder of the process that runs local agents was removed.',
};

/** Which file has the name now; null if there is none. */
const inodeOf = (path: string): number | null =>
  statSync(path, { throwIfNoEntry: false })?.ino ?? null;

const hasTurn = ({ turns }: LocalThread): boolean =>
  turns.some(({ status }) => status === 'CREATING' || status === 'RUNNING');
