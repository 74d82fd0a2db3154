import { setTimeout as sleep } from 'node:timers/promises';
import type { HostThread } from '../harness/harness.ts';
import type { ProcessTracker } from '../processes/process-tracker.ts';
import { Host } from './host.ts';
import { HostChild, type HostChildOptions } from './host-child.ts';

/** A request for a process that several threads may use: threads with the same key share one. */
export type SharedHostRequest = Omit<HostChildOptions, 'mark' | 'onSpawn'> & {
  readonly key: string;
};

type Shared = {
  readonly mark: string;
  readonly child: Promise<HostChild>;
  readonly threads: Map<string, Host>;
  /** Number of threads that wait for the process to start. */
  openingCount: number;
  idleTimer: NodeJS.Timeout | undefined;
};

export type SharedHostsOptions = {
  readonly processTracker: ProcessTracker;
  /** How long a process without threads is kept. */
  readonly idleMs: number;
  readonly log: (message: string) => void;
};

/** How long a process may take to exit after `close`. */
const CLOSE_MS = 10_000;

/** The host processes that serve several threads each. */
export class SharedHosts {
  readonly #options: SharedHostsOptions;
  readonly #shared = new Map<string, Shared>();
  readonly #endings = new Set<Promise<void>>();

  constructor(options: SharedHostsOptions) {
    this.#options = options;
  }

  get isQuiescent(): boolean {
    return this.#shared.size === 0 && this.#endings.size === 0;
  }

  /** Opens a thread in the process for its key, and starts that process if there is none. */
  async open(
    request: SharedHostRequest,
    thread: HostThread,
    onSpawn: HostChildOptions['onSpawn'],
  ): Promise<Host> {
    const { threadId } = thread;
    const shared = this.#shared.get(request.key) ?? this.#start(request);
    clearTimeout(shared.idleTimer);
    shared.openingCount += 1;
    const child = await shared.child;
    shared.openingCount -= 1;
    const host = new Host({
      child,
      isShared: true,
      send: (message) => child.send({ threadId, message }),
    });
    if (child.hasExited) host.handleExit(await child.exited);
    else {
      shared.threads.set(threadId, host);
      await onSpawn(child.identity);
    }
    host.open(thread);
    void host.closed.then(() => this.#removeThread(request.key, shared, threadId, host));
    return host;
  }

  /** Ends all processes. Their threads must be closed already. */
  async close(): Promise<void> {
    for (const [key, shared] of [...this.#shared]) this.#end(key, shared);
    await Promise.all(this.#endings);
  }

  #start({ key, ...options }: SharedHostRequest): Shared {
    const mark = `host-${crypto.randomUUID()}`;
    const child = HostChild.start({
      ...options,
      mark,
      onSpawn: async (identity) => this.#options.processTracker.track(mark, identity),
    });
    const shared: Shared = {
      mark,
      child,
      threads: new Map(),
      openingCount: 0,
      idleTimer: undefined,
    };
    this.#shared.set(key, shared);
    void child.then((started) => this.#attach(key, shared, started));
    return shared;
  }

  #attach(key: string, shared: Shared, child: HostChild): void {
    child.onMessage = (message, threadId) => shared.threads.get(threadId ?? '')?.receive(message);
    child.onExit = (failure) => {
      for (const host of [...shared.threads.values()]) host.handleExit(failure);
      this.#options.log(`${shared.mark}: ${failure.message}`);
      this.#end(key, shared);
    };
    if (child.hasExited) this.#end(key, shared);
  }

  #removeThread(key: string, shared: Shared, threadId: string, host: Host): void {
    if (shared.threads.get(threadId) === host) shared.threads.delete(threadId);
    const endIfIdle = () => {
      if (shared.threads.size === 0 && shared.openingCount === 0) this.#end(key, shared);
    };
    clearTimeout(shared.idleTimer);
    shared.idleTimer = setTimeout(endIfIdle, this.#options.idleMs).unref();
  }

  /**
   * Ends the process and its descendants. What belongs to a thread carries that thread's mark and is ended with the
   * thread.
   */
  #end(key: string, shared: Shared): void {
    if (this.#shared.get(key) !== shared) return;
    this.#shared.delete(key);
    clearTimeout(shared.idleTimer);
    const ending = this.#endProcess(shared).finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  async #endProcess({ mark, child: starting }: Shared): Promise<void> {
    const child = await starting;
    child.send({ kind: 'close' });
    await Promise.race([child.exited, sleep(CLOSE_MS, undefined, { ref: false })]);
    for (const { pid, name } of await this.#options.processTracker.end({
      threadId: mark,
      root: child.identity,
    }))
      this.#options.log(`${mark}: process ${pid} (${name}) could not be ended`);
  }
}
