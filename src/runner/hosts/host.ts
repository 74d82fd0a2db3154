import { type ChildProcess, fork } from 'node:child_process';
import { activityOf, identityOf, isSuspended, type ProcessIdentity } from '../../lib/process.ts';
import type { RawItem } from '../../transcript/item.ts';
import {
  type FromHost,
  fromHostSchema,
  type HostFailure,
  type HostThread,
  type HostTurn,
  THREAD_VARIABLE,
  type ToHost,
  type TurnEnd,
} from '../harness/harness.ts';
import type { LastWords } from './last-words.ts';
import { type HostLimits, LOOK_EVERY_MS, Watchdog } from './watchdog.ts';

export type HostOptions = {
  readonly threadId: string;
  /** The file of the host program. */
  readonly program: string;
  /** Without any key. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly limits: HostLimits;
  readonly words: LastWords;
  /** Notes the process on disk: until this resolves the host is given nothing to do. */
  note(identity: ProcessIdentity): Promise<void>;
};

/** How a turn in a host came to its end. `died` and `failed`: the host is of no use any more. */
export type HostOutcome = { readonly kind: 'ended'; readonly end: TurnEnd } | HostFailed;
type HostFailed = { readonly kind: 'died' | 'failed'; readonly failure: HostFailure };

type OpenTurn = {
  readonly turnId: string;
  readonly store: (items: readonly RawItem[]) => Promise<unknown>;
  readonly settle: (outcome: HostOutcome) => void;
};

/** What is still on its way in the channel when a process ends is waited for so long. */
const DRAIN_MS = 2_000;

/** One host: a child process with one harness for one thread. Whatever happens to it happens to nothing else. */
export class Host {
  readonly identity: ProcessIdentity;
  readonly #child: ChildProcess;
  readonly #options: HostOptions;
  readonly #watchdog: Watchdog;
  /** Ready, or of no use. */
  readonly #ready = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<HostFailure>();
  readonly #startedAt = performance.now();
  #looking: NodeJS.Timeout | undefined;
  #turn: OpenTurn | null = null;
  #isReady = false;
  #isGone = false;
  /** Why it is of no use any more. */
  #failure: HostFailed | null = null;
  /** Why we end it ourselves. */
  #verdict: HostFailure | null = null;
  rssBytes: number | null = null;

  private constructor(options: HostOptions, child: ChildProcess) {
    this.#options = options;
    this.#child = child;
    this.identity = identityOf(child.pid ?? 0);
    this.#watchdog = new Watchdog(options.limits);
  }

  /** Forks a host and opens its thread in it. One that could not be started says so at its first turn. */
  static async start(options: HostOptions, thread: HostThread): Promise<Host> {
    const child = fork(options.program, [], {
      cwd: options.folder,
      env: { ...options.environment, [THREAD_VARIABLE]: options.threadId },
      // A smaller young generation: an idle host takes a tenth less memory, and is not slower.
      execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'],
      // A session of its own: what it starts is known by it, and no signal for our group reaches it.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const host = new Host(options, child);
    host.#listen();
    if (child.pid !== undefined) await options.note(host.identity);
    await host.#ready.promise;
    if (host.#failure === null) host.#send({ kind: 'open', thread });
    return host;
  }

  /** Resolves, with the reason, once the process has ended. */
  get gone(): Promise<HostFailure> {
    return this.#gone.promise;
  }

  get isUsable(): boolean {
    return this.#failure === null;
  }

  /** `store` resolves when the items are on disk. Resolves in every case, at the latest when the host has ended. */
  runTurn(turn: HostTurn, store: OpenTurn['store']): Promise<HostOutcome> {
    if (this.#failure !== null) return Promise.resolve(this.#failure);
    const { promise, resolve } = Promise.withResolvers<HostOutcome>();
    this.#turn = { turnId: turn.turnId, store, settle: resolve };
    this.#send({ kind: 'turn', ...turn });
    return promise;
  }

  cancel(turnId: string): void {
    this.#send({ kind: 'cancel', turnId });
  }

  /** Asks it to end in good order. */
  close(): void {
    this.#send({ kind: 'close' });
  }

  #listen(): void {
    const child = this.#child;
    child.on('message', (raw) => this.#onMessage(raw));
    child.stderr?.on('data', (bytes: Buffer) => this.#options.words.add(bytes.toString('utf8')));
    child.once('error', (error) => this.#onEnd(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      const how = code === null ? `was ended by ${signal}` : `ended with code ${code}`;
      // Its last messages may still be on their way.
      const end = () => this.#onEnd(how);
      if (child.connected) child.once('disconnect', end);
      else setImmediate(end);
      setTimeout(end, DRAIN_MS).unref();
    });
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  #onMessage(raw: unknown): void {
    const message = fromHostSchema.safeParse(raw);
    if (message.success) {
      this.#watchdog.noteAlive();
      this.#onWord(message.data);
    } else {
      this.#options.words.add('the host sent a message that is none\n');
    }
  }

  #onWord(message: FromHost): void {
    switch (message.kind) {
      case 'ready':
        this.#isReady = true;
        this.#ready.resolve();
        break;
      case 'alive':
        this.#onAlive(message.rssBytes);
        break;
      case 'items':
        void this.#store(message.turnId, message.items);
        break;
      case 'ended':
        this.#settle(message.turnId, { kind: 'ended', end: message.end });
        break;
      case 'failed':
        this.#fail({ kind: 'failed', failure: message.failure });
        break;
      default:
        message satisfies never;
    }
  }

  /** The end of a turn is told after its items: both come through here in order, and the log keeps that order. */
  #settle(turnId: string, outcome: HostOutcome): void {
    if (this.#turn?.turnId !== turnId) return;
    this.#turn.settle(outcome);
    this.#turn = null;
  }

  #fail(failed: HostFailed): void {
    this.#failure ??= failed;
    this.#ready.resolve();
    this.#turn?.settle(this.#failure);
    this.#turn = null;
  }

  async #store(turnId: string, items: readonly RawItem[]): Promise<void> {
    const turn = this.#turn;
    if (turn?.turnId !== turnId) return;
    try {
      await turn.store(items);
      this.#send({ kind: 'stored', count: items.length });
    } catch (error) {
      // The log is closed: the runner is ending, and so is this host.
      this.#options.words.add(`items could not be stored: ${String(error)}\n`);
    }
  }

  #onAlive(rssBytes: number): void {
    this.rssBytes = rssBytes;
    const { memoryBytes } = this.#options.limits;
    if (rssBytes <= memoryBytes) return;
    this.#condemn(
      'host_memory',
      `The agent's process was ended because it used ${inMegabytes(rssBytes)} of memory; the limit is ${inMegabytes(memoryBytes)}.`,
    );
  }

  #look(): void {
    const { pid } = this.identity;
    const at = performance.now();
    const { limits } = this.#options;
    if (!this.#isReady) {
      const isLate = at - this.#startedAt > limits.startMs;
      if (isLate) this.#condemn('host_not_ready', "The agent's process did not become ready.");
      return;
    }
    const look = { at, activity: activityOf(pid), isSuspended: isSuspended(pid) };
    if (this.#watchdog.look(look))
      this.#condemn('host_hung', "The agent's process gave no sign of life and was ended.");
  }

  /** Ends the process for a reason, which then stands in the turn. */
  #condemn(code: string, message: string): void {
    if (this.#verdict !== null) return;
    this.#verdict = { code, message };
    this.#child.kill('SIGKILL');
  }

  #onEnd(how: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    clearInterval(this.#looking);
    const failure = this.#verdict ?? {
      code: this.#isReady ? 'host_died' : 'host_not_ready',
      message: `The agent's process ${how}.${this.#options.words.quoted()}`,
    };
    this.#fail({ kind: 'died', failure });
    this.#gone.resolve(failure);
  }

  #send(message: ToHost): void {
    if (this.#isGone || !this.#child.connected) return;
    // A failed send means that the child is ending; its end settles the turn.
    this.#child.send(message, (error) => {
      if (error !== null) this.#options.words.add(`a message was not taken: ${error.message}\n`);
    });
  }
}

const inMegabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`;
