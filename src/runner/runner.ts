import { chmodSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { acquireExclusiveLock, type ExclusiveLock } from '../lib/exclusive-lock.ts';
import { identityOf } from '../lib/process.ts';
import {
  type LocalThread,
  PROTOCOL,
  type RunnerInfo,
  type StopResult,
} from '../runtimes/local/protocol.ts';
import { runnerPaths, socketAddress } from './paths.ts';
import { type RunnerEndpoint, restoreEndpoint } from './restore-endpoint.ts';
import { runnerSecret } from './secret.ts';
import { createRunnerApp } from './server/app.ts';
import { SocketServer } from './server/socket-server.ts';
import type { ThreadContext } from './threads/context.ts';
import type { StopReason } from './threads/stop-signal.ts';
import { ThreadRegistry } from './threads/thread-registry.ts';

export type RunnerOptions = {
  readonly home: string;
  readonly version: string;
  /** Identifies the copy of the programs that this runner and its hosts run from. */
  readonly build: string;
  readonly context: ThreadContext;
  /** Exits after this time without work and without requests. */
  readonly idleMs: number;
  /** Interval of the checks whether it is still needed and can be reached. */
  readonly checkEveryMs: number;
};

const CLEAN_UP_EVERY_MS = 60 * 60_000;

/**
 * The runner of a home folder: owns the local threads and serves daemons, independently of any daemon's lifetime. It
 * exits when it is idle or is stopped.
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #paths: ReturnType<typeof runnerPaths>;
  readonly #threads: ThreadRegistry;
  /** Resolves when the runner has shut down. */
  readonly #ended = Promise.withResolvers<void>();
  readonly #startedAt = Date.now();
  #lock: ExclusiveLock | null;
  readonly #lockFile: string | null;
  #server: SocketServer | null = null;
  #endpoint: RunnerEndpoint | null = null;
  /** A write of the endpoint files in progress; it must end before they are removed. */
  #restoring: Promise<void> = Promise.resolve();
  #address: string;
  #lastUsedAt = performance.now();
  #checkTimer: NodeJS.Timeout | undefined;
  #cleanUpTimer: NodeJS.Timeout | undefined;
  #isShuttingDown = false;

  private constructor(options: RunnerOptions, lock: ExclusiveLock) {
    this.#options = options;
    this.#paths = runnerPaths(options.home);
    this.#lock = lock;
    this.#lockFile = fileIdentity(this.#paths.lock);
    this.#address = socketAddress(options.home, 'runner');
    this.#threads = new ThreadRegistry(options.context, this.#paths.threads, () => ({
      ...identityOf(process.pid),
      address: this.#address,
    }));
  }

  /** Null when another runner holds this home. */
  static async start(options: RunnerOptions): Promise<Runner | null> {
    const paths = runnerPaths(options.home);
    await mkdir(paths.threads, { recursive: true, mode: 0o700 });
    chmodSync(paths.folder, 0o700);
    const lock = acquireExclusiveLock(paths.lock);
    if (lock === null) return null;
    const runner = new Runner(options, lock);
    await runner.#open();
    return runner;
  }

  /** Resolves when it has shut down. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Stops every turn for this reason, and shuts down. Returns the number of stopped turns and the processes that could
   * not be ended.
   */
  async end(reason: StopReason): Promise<StopResult> {
    this.#threads.retire();
    const stopped = await this.#threads.stopAll(reason);
    // The response to the request is sent first.
    setImmediate(() => void this.#shutDown());
    return stopped;
  }

  async #open(): Promise<void> {
    const { log } = this.#options.context;
    const secret = await runnerSecret(this.#paths.secret);
    const app = createRunnerApp({
      threads: this.#threads,
      secret,
      info: () => this.#info(),
      retire: () => this.#retire(),
      stop: () => this.end({ kind: 'cancelled' }),
      log,
    });
    const server = new SocketServer((request) => {
      this.#lastUsedAt = performance.now();
      return app.fetch(request);
    });
    this.#server = server;
    await server.listen(this.#address);
    this.#endpoint = {
      server,
      address: this.#address,
      files: [
        { path: this.#paths.secret, text: `${secret}\n` },
        { path: this.#paths.presence, text: this.#presence() },
      ],
    };
    await this.#restore(this.#endpoint);
    log(`runner ${this.#options.version} (${this.#options.build}) listens at ${this.#address}`);
    this.#checkTimer = setInterval(() => void this.#check(), this.#options.checkEveryMs);
    this.#cleanUpTimer = setInterval(() => void this.#cleanUp(), CLEAN_UP_EVERY_MS);
    // Requests are served during the recovery.
    this.#threads
      .recover()
      .catch((error: unknown) => log(`recovery failed: ${String(error)}`))
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

  /** Makes way for a newer runner, and continues with its own threads at another address. */
  async #retire(): Promise<void> {
    if (this.#threads.isRetiring) return;
    this.#threads.retire();
    // From here on these files belong to the newer runner.
    this.#endpoint = null;
    await this.#restoring;
    const { home } = this.#options;
    this.#address = socketAddress(home, `runner-${process.pid}`);
    await this.#threads.moveTo(this.#address);
    await this.#server?.moveTo(this.#address);
    rmSync(this.#paths.presence, { force: true });
    this.#lock?.release();
    this.#lock = null;
    this.#options.context.log('retired: a newer runner takes new threads');
  }

  /** Removes old threads and unused worktrees. A worktree with work that no branch has is kept. */
  async #cleanUp(): Promise<void> {
    const { workspaces, log } = this.#options.context;
    // The threads of the newer runner are unknown here.
    if (this.#threads.isRetiring) return;
    try {
      await this.#threads.prune();
      if (workspaces.cleanUp === undefined) return;
      const threads = await this.#threads.list();
      const foldersInUse = new Set(threads.filter(hasActiveTurn).map(({ cwd }) => cwd));
      const { removed, kept } = await workspaces.cleanUp({
        isInUse: (cwd) => foldersInUse.has(cwd),
      });
      for (const worktree of removed) log(`removed the worktree ${worktree}`);
      for (const { reason } of kept) log(reason);
    } catch (error) {
      log(`cleaning up failed: ${String(error)}`);
    }
  }

  async #check(): Promise<void> {
    await this.#checkEndpoint();
    await this.#threads.unloadIdle();
    const idleLimitMs = this.#threads.isRetiring ? 0 : this.#options.idleMs;
    const isUnused = performance.now() - this.#lastUsedAt > idleLimitMs;
    if (isUnused && (await this.#threads.isQuiescent())) await this.#shutDown();
  }

  async #checkEndpoint(): Promise<void> {
    if (this.#endpoint === null) return;
    if (fileIdentity(this.#paths.lock) !== this.#lockFile) return this.#abandonHome();
    const { log } = this.#options.context;
    try {
      for (const path of await this.#restore(this.#endpoint)) log(`restored ${path}`);
    } catch (error) {
      log(`the socket or its files cannot be restored: ${String(error)}`);
    }
  }

  #restore(endpoint: RunnerEndpoint): Promise<readonly string[]> {
    const restored = restoreEndpoint(endpoint);
    this.#restoring = restored.then(ignoreResult, ignoreResult);
    return restored;
  }

  /**
   * The folder with the lock was removed, so another runner may hold the home by now. No daemon can reach these agents
   * anymore, and those that are started instead must not work next to them.
   */
  async #abandonHome(): Promise<void> {
    this.#options.context.log('the runner folder was removed; shutting down');
    this.#endpoint = null;
    this.#lock = null;
    await this.end({ kind: 'interrupted', failure: FOLDER_REMOVED });
  }

  async #shutDown(): Promise<void> {
    if (this.#isShuttingDown) return;
    this.#isShuttingDown = true;
    this.#endpoint = null;
    await this.#restoring;
    clearInterval(this.#checkTimer);
    clearInterval(this.#cleanUpTimer);
    if (this.#lock !== null) rmSync(this.#paths.presence, { force: true });
    await this.#server?.close();
    await this.#threads.close();
    this.#lock?.release();
    this.#options.context.log('stopped');
    this.#ended.resolve();
  }
}

/** The caller of `#restore` handles the error. */
const ignoreResult = () => {};

const FOLDER_REMOVED = {
  code: 'runner_stopped',
  message: 'The folder of the process that runs local agents was removed.',
};

/** Identifies the file that has this name now; null if there is none. The inode alone may belong to a newer file. */
function fileIdentity(path: string): string | null {
  const file = statSync(path, { throwIfNoEntry: false, bigint: true });
  return file === undefined ? null : `${file.dev} ${file.ino} ${file.birthtimeNs}`;
}

const hasActiveTurn = ({ turns }: LocalThread): boolean =>
  turns.some(({ status }) => status === 'CREATING' || status === 'RUNNING');
