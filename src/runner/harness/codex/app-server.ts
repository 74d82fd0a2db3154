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

/** A request of Codex about one of its threads. */
export type AppRequest = { readonly id: RpcId; readonly method: string; readonly params: unknown };

/** Hears what Codex says about one of its threads. */
export type ThreadListener = {
  notified(notification: Notification): void;
  asked(request: AppRequest): void;
};

/** A busy machine starts it slowly; it is a program of 300 MB. */
const START_MS = 120_000;
/** It ends its commands before it ends itself. */
const STOP_MS = 5_000;
const MAX_WORDS = 2_000;
const MAX_EARLY = 200;
/** The oldest whose protocol is the one that we speak. */
const MIN_VERSION = [0, 163, 0] as const;

/** `codex app-server`: one process with any number of threads. */
export class AppServer {
  readonly #child: ChildProcess;
  readonly #rpc: JsonRpc;
  readonly #gone = Promise.withResolvers<string>();
  readonly #listeners = new Map<string, ThreadListener>();
  /** What came before anyone listened: Codex speaks of a thread as soon as it has begun it. */
  #early: { readonly threadId: string; readonly notification: Notification }[] = [];
  #words = '';
  #isGone = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#rpc = new JsonRpc((line) => child.stdin?.write(line), {
      notified: (method, params) => this.#notified(method, params),
      asked: (id, method, params) => this.#asked(id, method, params),
      garbled: (line) => this.#say(`not a message: ${shorten(line)}`),
    });
  }

  /** @throws HarnessError where the program is missing, too old, or ends at once */
  static async start(launch: AppServerLaunch): Promise<AppServer> {
    const child = spawn(launch.program, [...launch.arguments], {
      cwd: launch.folder,
      env: { ...launch.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const server = new AppServer(child);
    server.#listen();
    const timeout = sleep(START_MS, null, { ref: false });
    const ready = await Promise.race([server.#initialize(), server.gone, timeout]);
    if (ready === 'ready') return server;
    child.kill('SIGKILL');
    throw new HarnessError(notStarted(launch.program, ready, server.#lastWords()));
  }

  /** Resolves, with how it ended, once the process has ended. */
  get gone(): Promise<string> {
    return this.#gone.promise;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** @throws RpcError when Codex refuses, RpcClosed when it has ended */
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

  refuse(id: RpcId, reason: string): void {
    this.#rpc.refuse(id, reason);
  }

  /** Until the function that it returns is called. */
  listen(codexThreadId: string, listener: ThreadListener): () => void {
    this.#listeners.set(codexThreadId, listener);
    const isMeant = ({ threadId }: { readonly threadId: string }) => threadId === codexThreadId;
    for (const { notification } of this.#early.filter(isMeant)) listener.notified(notification);
    this.#early = this.#early.filter((one) => !isMeant(one));
    return () => {
      if (this.#listeners.get(codexThreadId) === listener) this.#listeners.delete(codexThreadId);
    };
  }

  /** Its commands end with it. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await Promise.race([this.gone, sleep(STOP_MS, undefined, { ref: false })]);
    this.kill();
  }

  kill(): void {
    if (!this.#isGone) this.#child.kill('SIGKILL');
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
      // Its end is told by `gone`; what else it answers here is no protocol of ours.
      if (!this.#isGone) this.#say(`not initialized: ${String(error)}`);
      return TOO_OLD;
    }
    this.#rpc.notify('initialized');
    return 'ready';
  }

  #listen(): void {
    const child = this.#child;
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => this.#rpc.receive(line));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#say(text));
    // A pipe to a process that has just ended; its end is told below.
    child.stdin?.on('error', () => undefined);
    child.once('error', (error) => this.#onGone(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) =>
      this.#onGone(code === null ? `was ended by ${signal}` : `ended with code ${code}`),
    );
  }

  #onGone(how: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const told = `${how}.${this.#lastWords()}`;
    this.#rpc.close(told);
    this.#gone.resolve(told);
  }

  #notified(method: string, params: unknown): void {
    const threadId = threadOf.safeParse(params).data?.threadId;
    const notification = readNotification(method, params);
    if (threadId === undefined || notification === null) return;
    const listener = this.#listeners.get(threadId);
    if (listener !== undefined) listener.notified(notification);
    else this.#early = [...this.#early, { threadId, notification }].slice(-MAX_EARLY);
  }

  #asked(id: RpcId, method: string, params: unknown): void {
    const threadId = threadOf.safeParse(params).data?.threadId;
    const listener = threadId === undefined ? undefined : this.#listeners.get(threadId);
    if (listener === undefined) this.refuse(id, 'Cerevisor does not answer this request.');
    else listener.asked({ id, method, params });
  }

  /** To our own error stream, which the runner keeps; and the end of it for the reason of a crash. */
  #say(text: string): void {
    const plain = text.replace(COLORS, '');
    process.stderr.write(plain.endsWith('\n') ? plain : `${plain}\n`);
    this.#words = (this.#words + plain).slice(-MAX_WORDS);
  }

  #lastWords(): string {
    const line = this.#words.trim().split('\n').at(-1) ?? '';
    return line === '' ? '' : ` It said: ${shorten(line)}`;
  }
}

const TOO_OLD = 'too-old';
// biome-ignore lint/suspicious/noControlCharactersInRegex: Codex colors what it says.
const COLORS = /\u001B\[[\d;]*m/g;

function notStarted(program: string, how: string | null, words: string) {
  if (how === null)
    return failureFor('harness_crashed', `Codex did not start within two minutes.${words}`);
  if (how === TOO_OLD) {
    const message = `The Codex at ${program} is older than ${MIN_VERSION.join('.')}, so Cerevisor cannot use it.`;
    return failureFor('harness_too_old', message);
  }
  const isMissing = /ENOENT|EACCES/.test(how);
  return failureFor(
    isMissing ? 'harness_missing' : 'harness_crashed',
    `Codex (${program}) ${how}${how.endsWith(words) ? '' : words}`,
  );
}

/** `cerevisor/0.163.0 (Debian …)`: the version is Codex's own. One that tells none is taken as it is. */
function isTooOld(userAgent: string): boolean {
  const found = /\/(\d+)\.(\d+)\.(\d+)/.exec(userAgent)?.slice(1).map(Number) ?? [];
  for (const [index, least] of MIN_VERSION.entries()) {
    const part = found[index] ?? least;
    if (part !== least) return part < least;
  }
  return false;
}
