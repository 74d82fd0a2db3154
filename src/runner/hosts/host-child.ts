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
import type { StderrLog } from './stderr-log.ts';
import { CHECK_EVERY_MS, type HostLimits, Watchdog } from './watchdog.ts';

export type HostChildOptions = {
  /**
   * Value of `THREAD_VARIABLE` for the process and everything that it starts, unless a thread's own mark overrides it.
   * Usually the thread id.
   */
  readonly mark: string;
  /** The file of the host program. */
  readonly program: string;
  /** Contains no keys. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly limits: HostLimits;
  readonly stderr: StderrLog;
  /** Records the process on disk; the host gets no work before this resolves. */
  onSpawn(identity: ProcessIdentity): Promise<void>;
};

/** How long to wait for messages that are still in the channel when a process exits. */
const DRAIN_MS = 2_000;

/** The process of a host. A failure in it affects nothing else. */
export class HostChild {
  readonly identity: ProcessIdentity;
  readonly #child: ChildProcess;
  readonly #options: HostChildOptions;
  readonly #watchdog: Watchdog;
  /** Resolves when the host is ready or has failed. */
  readonly #ready = Promise.withResolvers<void>();
  readonly #exited = Promise.withResolvers<HostFailure>();
  readonly #startedAt = performance.now();
  #healthCheckTimer: NodeJS.Timeout | undefined;
  #isReady = false;
  #hasExited = false;
  /** Why the process is killed from here. */
  #terminationReason: HostFailure | null = null;
  rssBytes: number | null = null;
  /** Receives the host's messages. `threadId`: null if the process serves only one thread. */
  onMessage: (message: FromHost, threadId: string | null) => void = () => undefined;
  /** Called once, before `exited` resolves. */
  onExit: (failure: HostFailure) => void = () => undefined;

  private constructor(options: HostChildOptions, child: ChildProcess) {
    this.#options = options;
    this.#child = child;
    this.identity = identityOf(child.pid ?? 0);
    this.#watchdog = new Watchdog(options.limits);
  }

  /** Forks a host. Resolves when it is ready or has exited. */
  static async start(options: HostChildOptions): Promise<HostChild> {
    const child = fork(options.program, [], {
      cwd: options.folder,
      env: { ...options.environment, [THREAD_VARIABLE]: options.mark },
      // A smaller young generation saves a tenth of an idle host's memory without slowing it down.
      execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'],
      // A session of its own identifies its descendants, and keeps signals to the runner's process group away from it.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const host = new HostChild(options, child);
    host.#listen();
    if (child.pid !== undefined) await options.onSpawn(host.identity);
    await host.#ready.promise;
    return host;
  }

  /** Resolves with the reason once the process has exited. */
  get exited(): Promise<HostFailure> {
    return this.#exited.promise;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  send(message: ToHost | ToSharedHost): void {
    if (this.#hasExited || !this.#child.connected) return;
    // A failed send means that the child is exiting; its exit settles the turn in progress.
    this.#child.send(message, (error) => {
      if (error !== null) this.log(`a message could not be sent: ${error.message}`);
    });
  }

  /** Writes to the host's log file, for troubleshooting. */
  log(line: string): void {
    this.#options.stderr.add(`${line}\n`);
  }

  #listen(): void {
    const child = this.#child;
    child.on('message', (raw) => this.#onMessage(raw));
    child.stderr?.on('data', (bytes: Buffer) => this.#options.stderr.add(bytes.toString('utf8')));
    child.once('error', (error) => this.#handleExit(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      const how = code === null ? `was ended by ${signal}` : `ended with code ${code}`;
      // Its last messages may still be in the channel.
      const end = () => this.#handleExit(how);
      if (child.connected) child.once('disconnect', end);
      else setImmediate(end);
      setTimeout(end, DRAIN_MS).unref();
    });
    this.#healthCheckTimer = setInterval(() => this.#checkHealth(), CHECK_EVERY_MS).unref();
  }

  #onMessage(raw: unknown): void {
    const parsed = fromSharedHostSchema.safeParse(raw);
    if (!parsed.success) {
      this.log('the host sent an invalid message');
      return;
    }
    this.#watchdog.recordHeartbeat();
    const [message, threadId] =
      'threadId' in parsed.data ? [parsed.data.message, parsed.data.threadId] : [parsed.data, null];
    if (message.kind === 'ready') {
      this.#isReady = true;
      this.#ready.resolve();
    } else if (message.kind === 'alive') this.#onHeartbeat(message.rssBytes);
    else this.onMessage(message, threadId);
  }

  #onHeartbeat(rssBytes: number): void {
    this.rssBytes = rssBytes;
    const { memoryBytes } = this.#options.limits;
    if (rssBytes <= memoryBytes) return;
    this.#terminate(
      'host_memory',
      `The agent's process was stopped because it used ${inMegabytes(rssBytes)} of memory; the limit is ${inMegabytes(memoryBytes)}.`,
    );
  }

  #checkHealth(): void {
    const { pid } = this.identity;
    const at = performance.now();
    const { limits } = this.#options;
    if (!this.#isReady) {
      const isLate = at - this.#startedAt > limits.startMs;
      if (isLate) this.#terminate('host_not_ready', "The agent's process did not become ready.");
      return;
    }
    const sample = { at, activity: activityOf(pid), isSuspended: isSuspended(pid) };
    if (this.#watchdog.check(sample))
      this.#terminate('host_hung', "The agent's process showed no sign of life and was stopped.");
  }

  /** Kills the process; `exited` then reports this reason. */
  #terminate(code: string, message: string): void {
    if (this.#terminationReason !== null) return;
    this.#terminationReason = { code, message };
    this.#child.kill('SIGKILL');
  }

  #handleExit(how: string): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    clearInterval(this.#healthCheckTimer);
    const failure = this.#terminationReason ?? {
      code: this.#isReady ? 'host_died' : 'host_not_ready',
      message: `The agent's process ${how}.${this.#options.stderr.lastOutput()}`,
    };
    this.#ready.resolve();
    this.onExit(failure);
    this.#exited.resolve(failure);
  }
}

const inMegabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`;
