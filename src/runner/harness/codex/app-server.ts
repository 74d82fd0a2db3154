import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { HarnessError } from '../harness-error.ts';
import { shorten } from '../shorten.ts';
import { failureFor } from './failures.ts';
import { JsonRpc, type RpcId } from './json-rpc.ts';
import type { AppServerLaunch } from './launch.ts';
import type { InitializeParams } from './protocol.generated.ts';
import { initialized, type Notification, readNotification, threadOf } from './wire.ts';

/** A request that Codex sends about one of its threads. */
export type AppRequest = { readonly id: RpcId; readonly method: string; readonly params: unknown };

/** Receives Codex's messages about one thread. */
export type ThreadListener = {
  onNotification(notification: Notification): void;
  onRequest(request: AppRequest): void;
};

/** Starting a program of 300 MB is slow on a busy machine. */
const START_MS = 120_000;
/** Codex ends its commands before it exits. */
const STOP_MS = 5_000;
const MAX_STDERR_LENGTH = 2_000;
const MAX_UNCLAIMED = 200;
/** The oldest version with the supported protocol. */
const MIN_VERSION = [0, 163, 0] as const;

/** `codex app-server`: one process for any number of threads. */
export class AppServer {
  readonly #child: ChildProcess;
  readonly #rpc: JsonRpc;
  readonly #exited = Promise.withResolvers<string>();
  readonly #listeners = new Map<string, ThreadListener>();
  /** Notifications that arrived before a listener was added: Codex sends them as soon as it has started a thread. */
  #unclaimed: { readonly threadId: string; readonly notification: Notification }[] = [];
  #stderrTail = '';
  #hasExited = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#rpc = new JsonRpc((line) => child.stdin?.write(line), {
      onNotification: (method, params) => this.#onNotification(method, params),
      onRequest: (id, method, params) => this.#onRequest(id, method, params),
      onInvalidLine: (line) => this.#log(`not a message: ${shorten(line)}`),
    });
  }

  /** @throws HarnessError if the program is missing, too old, or exits at once */
  static async start(launch: AppServerLaunch): Promise<AppServer> {
    const child = spawn(launch.program, [...launch.arguments], {
      cwd: launch.folder,
      env: { ...launch.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const server = new AppServer(child);
    server.#listen();
    const timeout = sleep(START_MS, null, { ref: false });
    const ready = await Promise.race([server.#initialize(), server.exited, timeout]);
    if (ready === 'ready') return server;
    child.kill('SIGKILL');
    throw new HarnessError(notStarted(launch.program, ready, server.#lastOutput()));
  }

  /** Resolves with a description of how the process exited. */
  get exited(): Promise<string> {
    return this.#exited.promise;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** @throws RpcError if Codex rejects the request, RpcClosed if it has exited */
  async request<Schema extends z.ZodType>(
    method: string,
    params: object,
    schema: Schema,
  ): Promise<z.infer<Schema>> {
    return schema.parse(await this.#rpc.request(method, params));
  }

  respond(id: RpcId, result: object): void {
    this.#rpc.respond(id, result);
  }

  reject(id: RpcId, reason: string): void {
    this.#rpc.reject(id, reason);
  }

  /** Adds a listener for a thread; returns a function that removes it. */
  listen(codexThreadId: string, listener: ThreadListener): () => void {
    this.#listeners.set(codexThreadId, listener);
    const isOfThread = ({ threadId }: { readonly threadId: string }) => threadId === codexThreadId;
    for (const { notification } of this.#unclaimed.filter(isOfThread))
      listener.onNotification(notification);
    this.#unclaimed = this.#unclaimed.filter((one) => !isOfThread(one));
    return () => {
      if (this.#listeners.get(codexThreadId) === listener) this.#listeners.delete(codexThreadId);
    };
  }

  /** Stops Codex and its commands. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await Promise.race([this.exited, sleep(STOP_MS, undefined, { ref: false })]);
    this.kill();
  }

  kill(): void {
    if (!this.#hasExited) this.#child.kill('SIGKILL');
  }

  async #initialize(): Promise<'ready' | typeof TOO_OLD> {
    const params: InitializeParams = {
      clientInfo: { name: 'cerevisor', title: 'Cerevisor', version: '0.1.0' },
      capabilities: { experimentalApi: true, requestAttestation: false },
    };
    try {
      const { userAgent } = await this.request('initialize', params, initialized);
      if (isTooOld(userAgent)) return TOO_OLD;
    } catch (error) {
      // An exit is reported by `exited`; any other response here is not the supported protocol.
      if (!this.#hasExited) this.#log(`not initialized: ${String(error)}`);
      return TOO_OLD;
    }
    this.#rpc.notify('initialized');
    return 'ready';
  }

  #listen(): void {
    const child = this.#child;
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => this.#rpc.receive(line));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#log(text));
    // The process may have just exited, which is reported below.
    child.stdin?.on('error', () => undefined);
    child.once('error', (error) => this.#handleExit(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      this.#handleExit(code === null ? `was ended by ${signal}` : `ended with code ${code}`),
    );
  }

  #handleExit(how: string): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    const reason = `${how}.${this.#lastOutput()}`;
    this.#rpc.close(reason);
    this.#exited.resolve(reason);
  }

  #onNotification(method: string, params: unknown): void {
    const threadId = threadOf.safeParse(params).data?.threadId;
    const notification = readNotification(method, params);
    if (threadId === undefined || notification === null) return;
    const listener = this.#listeners.get(threadId);
    if (listener !== undefined) listener.onNotification(notification);
    else this.#unclaimed = [...this.#unclaimed, { threadId, notification }].slice(-MAX_UNCLAIMED);
  }

  #onRequest(id: RpcId, method: string, params: unknown): void {
    const threadId = threadOf.safeParse(params).data?.threadId;
    const listener = threadId === undefined ? undefined : this.#listeners.get(threadId);
    if (listener === undefined) this.reject(id, 'Cerevisor does not answer this request.');
    else listener.onRequest({ id, method, params });
  }

  /** Writes to stderr, which the runner logs, and keeps the end for the reason of a crash. */
  #log(text: string): void {
    const plain = text.replace(COLORS, '');
    process.stderr.write(plain.endsWith('\n') ? plain : `${plain}\n`);
    this.#stderrTail = (this.#stderrTail + plain).slice(-MAX_STDERR_LENGTH);
  }

  #lastOutput(): string {
    const line = this.#stderrTail.trim().split('\n').at(-1) ?? '';
    return line === '' ? '' : ` Last output: ${shorten(line)}`;
  }
}

const TOO_OLD = 'too-old';
// biome-ignore lint/suspicious/noControlCharactersInRegex: Codex colors its output.
const COLORS = /\u001B\[[\d;]*m/g;

function notStarted(program: string, how: string | null, lastOutput: string) {
  if (how === null)
    return failureFor('harness_crashed', `Codex did not start within two minutes.${lastOutput}`);
  if (how === TOO_OLD) {
    const message = `The Codex at ${program} is older than ${MIN_VERSION.join('.')}, so Cerevisor cannot use it.`;
    return failureFor('harness_too_old', message);
  }
  const isMissing = /ENOENT|EACCES/.test(how);
  return failureFor(
    isMissing ? 'harness_missing' : 'harness_crashed',
    `Codex (${program}) ${how}${how.endsWith(lastOutput) ? '' : lastOutput}`,
  );
}

/** `cerevisor/0.163.0 (Debian …)`: the version is that of Codex. A user agent without a version is accepted. */
function isTooOld(userAgent: string): boolean {
  const version = /\/(\d+)\.(\d+)\.(\d+)/.exec(userAgent)?.slice(1).map(Number) ?? [];
  for (const [index, minimum] of MIN_VERSION.entries()) {
    const part = version[index] ?? minimum;
    if (part !== minimum) return part < minimum;
  }
  return false;
}
