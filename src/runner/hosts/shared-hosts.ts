import { setTimeout as sleep } from 'node:timers/promises';
import type { HostThread } from '../harness/harness.ts';
import type { FamilyWatch } from '../processes/family-watch.ts';
import { Host } from './host.ts';
import { HostChild, type HostChildOptions } from './host-child.ts';

/** A process that several threads may use: threads with the same key share one. */
export type SharedHostRequest = Omit<HostChildOptions, 'mark' | 'note'> & { readonly key: string };

type Shared = {
  readonly mark: string;
  readonly child: Promise<HostChild>;
  readonly threads: Map<string, Host>;
  /** Threads that wait for the process. */
  opening: number;
  idle: NodeJS.Timeout | undefined;
};

export type SharedHostsOptions = {
  readonly families: FamilyWatch;
  /** A process that no thread uses is kept for so long. */
  readonly idleMs: number;
  readonly say: (message: string) => void;
};

/** How long a process may take to end once it is told to. */
const CLOSE_MS = 10_000;

/** Hosts whose process serves several threads. */
export class SharedHosts {
  readonly #options: SharedHostsOptions;
  readonly #shared = new Map<string, Shared>();
  readonly #ending = new Set<Promise<void>>();

  constructor(options: SharedHostsOptions) {
    this.#options = options;
  }

  get isAtRest(): boolean {
    return this.#shared.size === 0 && this.#ending.size === 0;
  }

  /** Opens a thread in the process for its key, which is started when there is none. */
  async open(
    request: SharedHostRequest,
    thread: HostThread,
    note: HostChildOptions['note'],
  ): Promise<Host> {
    const { threadId } = thread;
    const shared = this.#shared.get(request.key) ?? this.#start(request);
    clearTimeout(shared.idle);
    shared.opening += 1;
    const child = await shared.child;
    shared.opening -= 1;
    const host = new Host({
      child,
      isShared: true,
      send: (message) => child.send({ threadId, message }),
    });
    if (child.isGone) host.lose(await child.gone);
    else {
      shared.threads.set(threadId, host);
      await note(child.identity);
    }
    host.open(thread);
    void host.gone.then(() => this.#leave(request.key, shared, threadId, host));
    return host;
  }

  /** Ends all processes. Their threads were closed before. */
  async close(): Promise<void> {
    for (const [key, shared] of [...this.#shared]) this.#end(key, shared);
    await Promise.all(this.#ending);
  }

  #start({ key, ...options }: SharedHostRequest): Shared {
    const mark = `host-${crypto.randomUUID()}`;
    const child = HostChild.start({
      ...options,
      mark,
      note: async (identity) => this.#options.families.watch(mark, identity),
    });
    const shared: Shared = { mark, child, threads: new Map(), opening: 0, idle: undefined };
    this.#shared.set(key, shared);
    void child.then((started) => this.#listen(key, shared, started));
    return shared;
  }

  #listen(key: string, shared: Shared, child: HostChild): void {
    child.onMessage = (message, threadId) => shared.threads.get(threadId ?? '')?.receive(message);
    child.onGone = (failure) => {
      for (const host of [...shared.threads.values()]) host.lose(failure);
      this.#options.say(`${shared.mark}: ${failure.message}`);
      this.#end(key, shared);
    };
    if (child.isGone) this.#end(key, shared);
  }

  #leave(key: string, shared: Shared, threadId: string, host: Host): void {
    if (shared.threads.get(threadId) === host) shared.threads.delete(threadId);
    const endIfIdle = () => {
      if (shared.threads.size === 0 && shared.opening === 0) this.#end(key, shared);
    };
    clearTimeout(shared.idle);
    shared.idle = setTimeout(endIfIdle, this.#options.idleMs).unref();
  }

  /** With everything that it started itself; what belongs to a thread carries the mark of that. */
  #end(key: string, shared: Shared): void {
    if (this.#shared.get(key) !== shared) return;
    this.#shared.delete(key);
    clearTimeout(shared.idle);
    const ending = this.#endProcess(shared).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  async #endProcess({ mark, child: starting }: Shared): Promise<void> {
    const child = await starting;
    child.send({ kind: 'close' });
    await Promise.race([child.gone, sleep(CLOSE_MS, undefined, { ref: false })]);
    for (const { pid, name } of await this.#options.families.end({
      threadId: mark,
      root: child.identity,
    }))
      this.#options.say(`${mark}: process ${pid} (${name}) could not be ended`);
  }
}
