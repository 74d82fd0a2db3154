import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RehearsalOptions } from '../rehearsal/options.ts';
import { startRehearsal } from '../rehearsal/server.ts';
import type { HarnessProgram } from '../src/harnesses/catalog.ts';
import { installedHarness } from '../src/harnesses/installed.ts';
import type { ToolAnswer, ToolRequest } from '../src/permissions/tool-request.ts';
import {
  type FromHost,
  fromSharedHostSchema,
  type HostFailure,
  type HostThread,
  type HostTurn,
  THREAD_VARIABLE,
  type ToHost,
  type TurnEnd,
} from '../src/runner/harness/harness.ts';
import { type RawItem, readItem, type TranscriptItem } from '../src/transcript/item.ts';
import { removeFolder } from './remove-folder.ts';

const hostProgram = fileURLToPath(
  new URL('../src/runner/harness/codex/codex-host.ts', import.meta.url),
);
export const API_KEY = 'sk-only-in-memory-0123456789';

/** This model calls tools through JavaScript scripts; the other one is offered functions. */
export const SCRIPTING_MODEL = 'gpt-6.1-sol';
export const FUNCTION_MODEL = 'gpt-5-codex';

/** Codex in the folder `CEREVISOR_HARNESS_CACHE`; null if it is missing, so that its tests are skipped. */
export const cachedCodex = (): Promise<HarnessProgram | null> =>
  installedHarness({ home: '/nowhere', cache: process.env.CEREVISOR_HARNESS_CACHE }, 'codex');

export const ASK_ALL: NonNullable<HostThread['permissions']> = {
  filesystemWrite: 'ask',
  execution: 'ask',
  network: 'ask',
  mcp: 'ask',
  rules: [],
};

/** A rehearsal cloud and one host for any number of threads; the test acts as the runner. */
export class CodexWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'codex-host-'));
  readonly userHome = join(this.folder, 'person');
  readonly harnessFolder = join(this.folder, 'harness');
  readonly url: string;
  readonly #program: HarnessProgram;
  readonly #closeRehearsal: () => Promise<void>;
  #host: CodexHost | null = null;

  private constructor(program: HarnessProgram, url: string, close: () => Promise<void>) {
    this.#program = program;
    this.url = url;
    this.#closeRehearsal = close;
    for (const folder of [this.userHome, this.harnessFolder]) mkdirSync(folder);
  }

  static async start(options: Partial<RehearsalOptions> = {}): Promise<CodexWorld> {
    const program = await cachedCodex();
    if (program === null) throw new Error('Codex is not there');
    const home = mkdtempSync(join(tmpdir(), 'codex-rehearsal-'));
    const rehearsal = await startRehearsal({ home, paceMs: 0, idleMinutes: 0, ...options });
    return new CodexWorld(program, rehearsal.url, async () => {
      await rehearsal.close();
      removeFolder(home);
    });
  }

  /** Returns the host, and starts a new one if the last has exited. */
  host(): CodexHost {
    if (this.#host === null || this.#host.hasExited)
      this.#host = new CodexHost({
        HOME: this.userHome,
        SECRET_OF_THE_PERSON: 'kept',
        OPENAI_API_KEY: 'sk-of-somebody-else',
      });
    return this.#host;
  }

  newThread(more: Partial<HostThread> = {}): HostThread {
    const threadId = `agent-${crypto.randomUUID()}`;
    const cwd = join(this.folder, threadId, 'work');
    const storeFolder = join(this.folder, threadId, 'store');
    for (const folder of [cwd, storeFolder]) mkdirSync(folder, { recursive: true });
    return {
      threadId,
      harness: 'codex',
      connection: { baseUrl: `${this.url}/openai/v1`, api: 'responses', program: this.#program },
      isNew: true,
      cwd,
      model: SCRIPTING_MODEL,
      sandbox: false,
      settingSources: ['project'],
      storeFolder,
      harnessFolder: this.harnessFolder,
      apiKey: API_KEY,
      ...more,
    };
  }

  /** Opens a thread in the host. */
  async open(thread: HostThread): Promise<CodexTestThread> {
    const host = this.host();
    await host.isReady;
    return host.open(thread);
  }

  async addFault(effect: object, times = 1): Promise<void> {
    const body = JSON.stringify({ match: { operation: 'askModel', times }, effect });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/rehearsal/faults`, { method: 'POST', body, headers });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async clearFaults(): Promise<void> {
    await fetch(`${this.url}/rehearsal/faults`, { method: 'DELETE' });
  }

  /** The model turns in the rehearsal cloud's ledger. */
  async modelTurns(): Promise<readonly Record<string, unknown>[]> {
    const answer = await fetch(`${this.url}/rehearsal/ledger`);
    // The shape of the ledger.
    return ((await answer.json()) as { modelTurns: Record<string, unknown>[] }).modelTurns;
  }

  async close(): Promise<void> {
    await this.#host?.kill();
    await this.#closeRehearsal();
    removeFolder(this.folder);
  }
}

/** A real host process. */
export class CodexHost {
  readonly child: ChildProcess;
  readonly isReady: Promise<unknown>;
  readonly exited: Promise<unknown>;
  readonly #threads = new Map<string, CodexTestThread>();
  stderrText = '';

  constructor(environment: Readonly<Record<string, string>>) {
    this.child = fork(hostProgram, [], {
      env: {
        PATH: process.env.PATH,
        ...environment,
        [THREAD_VARIABLE]: `host-${crypto.randomUUID()}`,
      },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.on('message', (raw) => {
      const message = fromSharedHostSchema.parse(raw);
      if ('threadId' in message) this.#threads.get(message.threadId)?.receive(message.message);
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderrText += text;
    });
    this.isReady = once(this.child, 'message');
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  open(thread: HostThread): CodexTestThread {
    const { threadId } = thread;
    // As for the runner: a message that cannot be sent to a process that is exiting is no error.
    const send = (message: ToHost) => void this.child.send({ threadId, message }, () => undefined);
    const opened = new CodexTestThread(thread, send, this);
    this.#threads.set(threadId, opened);
    send({ kind: 'open', thread });
    return opened;
  }

  async kill(): Promise<void> {
    if (this.hasExited) return;
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

export type TurnReport = { readonly items: readonly TranscriptItem[]; readonly end: TurnEnd };

export class CodexTestThread {
  readonly thread: HostThread;
  readonly host: CodexHost;
  readonly send: (message: ToHost) => void;
  readonly requests: ToolRequest[] = [];
  readonly #failed = Promise.withResolvers<HostFailure>();
  readonly #closed = Promise.withResolvers<void>();
  /** The user's answer to a request; null leaves it open. */
  answer: (request: ToolRequest) => ToolAnswer | null = () => ({
    decision: 'allow',
    scope: 'once',
  });
  raw: RawItem[] = [];
  #ended = Promise.withResolvers<TurnEnd>();

  constructor(thread: HostThread, send: (message: ToHost) => void, host: CodexHost) {
    this.thread = thread;
    this.send = send;
    this.host = host;
  }

  get items(): readonly TranscriptItem[] {
    return this.raw.map(({ kind, dataText }) => readItem(kind, JSON.parse(dataText)));
  }

  get failed(): Promise<HostFailure> {
    return this.#failed.promise;
  }

  begin(turn: HostTurn): Promise<TurnEnd> {
    this.raw = [];
    this.#ended = Promise.withResolvers();
    this.send({ kind: 'turn', ...turn });
    return this.#ended.promise;
  }

  async run(prompt: string, more: Partial<HostTurn> = {}): Promise<TurnReport> {
    const end = await this.begin({ turnId: `turn-${crypto.randomUUID()}`, prompt, ...more });
    return { items: this.items, end };
  }

  close(): Promise<void> {
    this.send({ kind: 'close' });
    return this.#closed.promise;
  }

  receive(message: FromHost): void {
    switch (message.kind) {
      case 'items':
        this.raw.push(...message.items);
        this.send({ kind: 'stored', count: message.items.length });
        break;
      case 'request': {
        const { turnId, request } = message;
        this.requests.push(request);
        const answer = this.answer(request);
        if (answer !== null)
          this.send({ kind: 'answer', turnId, requestId: request.requestId, answer });
        break;
      }
      case 'ended':
        this.#ended.resolve(message.end);
        break;
      case 'failed':
        this.#failed.resolve(message.failure);
        break;
      case 'closed':
        this.#closed.resolve();
        break;
      default:
        break;
    }
  }
}
