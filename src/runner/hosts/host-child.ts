import { type ChildProcess, fork } from 'node:child_process';
import { activityOf, identityOf, isSuspended, type ProcessIdentity } from '../../lib/process.ts';
import {
  type FromHost,
  fromSharedHostSchema,
  type HostFailure,
  THREAD_VARIABLE,
  type ToHost,
  type ToSharedHost,
} from '../harness/harness.ts';
import type { LastWords } from './last-words.ts';
import { type HostLimits, LOOK_EVERY_MS, Watchdog } from './watchdog.ts';

export type HostChildOptions = {
  /** What the process and everything that it starts is known by, unless that carries a mark of its own: a thread, mostly. */
  readonly mark: string;
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

/** What is still on its way in the channel when a process ends is waited for so long. */
const DRAIN_MS = 2_000;

/** The process of a host. Whatever happens to it happens to nothing else. */
export class HostChild {
  readonly identity: ProcessIdentity;
  readonly #child: ChildProcess;
  readonly #options: HostChildOptions;
  readonly #watchdog: Watchdog;
  /** Ready, or of no use. */
  readonly #ready = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<HostFailure>();
  readonly #startedAt = performance.now();
  #looking: NodeJS.Timeout | undefined;
  #isReady = false;
  #isGone = false;
  /** Why we end it ourselves. */
  #verdict: HostFailure | null = null;
  rssBytes: number | null = null;
  /** Whoever wants to hear what it says. `threadId`: null if it serves one thread alone. */
  onMessage: (message: FromHost, threadId: string | null) => void = () => undefined;
  /** Called once, before `gone` resolves. */
  onGone: (failure: HostFailure) => void = () => undefined;

  private constructor(options: HostChildOptions, child: ChildProcess) {
    this.#options = options;
    this.#child = child;
    this.identity = identityOf(child.pid ?? 0);
    this.#watchdog = new Watchdog(options.limits);
  }

  /** Forks a host. Resolves when it is ready, or never will be: `failure` says that. */
  static async start(options: HostChildOptions): Promise<HostChild> {
    const child = fork(options.program, [], {
      cwd: options.folder,
      env: { ...options.environment, [THREAD_VARIABLE]: options.mark },
      // A smaller young generation: an idle host takes a tenth less memory, and is not slower.
      execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'],
      // A session of its own: what it starts is known by it, and no signal for our group reaches it.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const host = new HostChild(options, child);
    host.#listen();
    if (child.pid !== undefined) await options.note(host.identity);
    await host.#ready.promise;
    return host;
  }

  /** Resolves, with the reason, once the process has ended. */
  get gone(): Promise<HostFailure> {
    return this.#gone.promise;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  send(message: ToHost | ToSharedHost): void {
    if (this.#isGone || !this.#child.connected) return;
    // A failed send means that the child is ending; its end settles what it has in progress.
    this.#child.send(message, (error) => {
      if (error !== null) this.say(`a message was not taken: ${error.message}`);
    });
  }

  /** For whoever looks for a fault. */
  say(line: string): void {
    this.#options.words.add(`${line}\n`);
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
    const parsed = fromSharedHostSchema.safeParse(raw);
    if (!parsed.success) {
      this.say('the host sent an invalid message');
      return;
    }
    this.#watchdog.noteAlive();
    const [message, threadId] =
      'threadId' in parsed.data ? [parsed.data.message, parsed.data.threadId] : [parsed.data, null];
    if (message.kind === 'ready') {
      this.#isReady = true;
      this.#ready.resolve();
    } else if (message.kind === 'alive') this.#onAlive(message.rssBytes);
    else this.onMessage(message, threadId);
  }

  #onAlive(rssBytes: number): void {
    this.rssBytes = rssBytes;
    const { memoryBytes } = this.#options.limits;
    if (rssBytes <= memoryBytes) return;
    this.#condemn(
      'host_memory',
      `The agent's process was stopped because it used ${inMegabytes(rssBytes)} of memory; the limit is ${inMegabytes(memoryBytes)}.`,
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
      this.#condemn('host_hung', "The agent's process showed no sign of life and was stopped.");
  }

  /** Ends the process for a reason, which is then told. */
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
    this.#ready.resolve();
    this.onGone(failure);
    this.#gone.resolve(failure);
  }
}

const inMegabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`;
