import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RehearsalOptions } from '../rehearsal/options.ts';
import { startRehearsal } from '../rehearsal/server.ts';
import type { ModelTurnRecord } from '../rehearsal/store/model-turns.ts';
import type { ToolAnswer, ToolRequest } from '../src/permissions/tool-request.ts';
import {
  type FromHost,
  fromHostSchema,
  type HostFailure,
  type HostThread,
  type HostTurn,
  THREAD_VARIABLE,
  type ToHost,
  type TurnEnd,
} from '../src/runner/harness/harness.ts';
import { type RawItem, readItem, type TranscriptItem } from '../src/transcript/item.ts';
import { removeFolder } from './remove-folder.ts';

const PROGRAMS: Readonly<Partial<Record<HostThread['harness'], string>>> = {
  'cursor-local': 'cursor-local/cursor-host.ts',
  claude: 'claude/claude-host.ts',
  'openai-compatible': 'own-loop/own-loop-host.ts',
};
const programOf = ({ harness }: HostThread): string =>
  fileURLToPath(new URL(`../src/runner/harness/${PROGRAMS[harness]}`, import.meta.url));
export const API_KEY = 'crsr_only_over_ipc';

/** The environment of hosts: a rehearsal cloud, the user's home folder, and a folder for each thread. */
export class HostWorld {
  readonly folder: string;
  readonly home: string;
  readonly url: string;
  readonly #closeRehearsal: () => Promise<void>;
  readonly #hosts: TestHost[] = [];

  private constructor(folder: string, url: string, close: () => Promise<void>) {
    this.folder = folder;
    this.home = join(folder, 'person');
    this.url = url;
    this.#closeRehearsal = close;
    mkdirSync(this.home);
  }

  static async start(options: Partial<RehearsalOptions> = {}): Promise<HostWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'local-host-'));
    const settings = { home: join(folder, 'cloud'), paceMs: 0, idleMinutes: 0, ...options };
    const rehearsal = await startRehearsal(settings);
    return new HostWorld(folder, rehearsal.url, () => rehearsal.close());
  }

  /** A new thread with its own working folder. */
  newThread(more: Partial<HostThread> = {}): HostThread {
    const threadId = `agent-${crypto.randomUUID()}`;
    const cwd = join(this.folder, threadId, 'work');
    mkdirSync(cwd, { recursive: true });
    return {
      threadId,
      harness: 'cursor-local',
      isNew: true,
      cwd,
      model: 'composer-2',
      sandbox: false,
      settingSources: ['project'],
      storeFolder: join(this.folder, threadId, 'store'),
      apiKey: API_KEY,
      backendUrl: this.url,
      ...more,
    };
  }

  /** Starts a host and opens the thread in it, as the runner does. */
  async open(
    thread: HostThread,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<TestHost> {
    const host = new TestHost(thread, { HOME: this.home, ...environment });
    this.#hosts.push(host);
    await host.isReady;
    host.send({ kind: 'open', thread });
    return host;
  }

  /** Writes a file relative to the working folder of a thread. Returns its absolute path. */
  async writeFile({ cwd }: HostThread, path: string, text: string): Promise<string> {
    const file = join(cwd, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  async addFault(match: object, effect: object): Promise<void> {
    const body = JSON.stringify({ match, effect });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/rehearsal/faults`, { method: 'POST', body, headers });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** The model turns in the rehearsal cloud's ledger, oldest first. */
  async modelTurns(): Promise<readonly ModelTurn[]> {
    const answer = await fetch(`${this.url}/rehearsal/ledger`);
    // The shape of the ledger.
    return ((await answer.json()) as { readonly modelTurns: readonly ModelTurn[] }).modelTurns;
  }

  async clearFaults(): Promise<void> {
    await fetch(`${this.url}/rehearsal/faults`, { method: 'DELETE' });
  }

  async close(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.kill()));
    await this.#closeRehearsal();
    removeFolder(this.folder);
  }
}

export type ModelTurn = Omit<ModelTurnRecord, 'createdAtMs' | 'scripted'>;

export type TurnReport = { readonly items: readonly TranscriptItem[]; readonly end: TurnEnd };

/** A real host process; the test acts as its runner. */
export class TestHost {
  readonly child: ChildProcess;
  readonly isReady: Promise<unknown>;
  readonly exited: Promise<unknown>;
  readonly messages: FromHost[] = [];
  /** Output on standard error. */
  stderrText = '';
  readonly #failed = Promise.withResolvers<HostFailure>();
  #raw: RawItem[] = [];
  #answerTo: ((request: ToolRequest) => ToolAnswer) | null = null;
  #ended = Promise.withResolvers<TurnEnd>();

  constructor(thread: HostThread, environment: Readonly<Record<string, string>>) {
    this.child = fork(programOf(thread), [], {
      env: { PATH: process.env.PATH, ...environment, [THREAD_VARIABLE]: thread.threadId },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.on('message', (raw) => this.#receive(fromHostSchema.parse(raw)));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderrText += text;
    });
    this.isReady = once(this.child, 'message');
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
  }

  /** Items of the current turn, as a reader of the transcript gets them. */
  get items(): readonly TranscriptItem[] {
    return this.#raw.map(({ kind, dataText }) => readItem(kind, JSON.parse(dataText)));
  }

  get raw(): readonly RawItem[] {
    return this.#raw;
  }

  /** Resolves with the failure that makes the host unusable. */
  get failed(): Promise<HostFailure> {
    return this.#failed.promise;
  }

  send(message: ToHost): void {
    // As for the runner: a message that cannot be sent to a process that is exiting is no error.
    this.child.send(message, () => undefined);
  }

  /** All tool requests, pending and answered. */
  get requests(): readonly ToolRequest[] {
    return this.messages.flatMap((message) => (message.kind === 'request' ? message.request : []));
  }

  /** Answers each request as soon as it arrives. */
  answerAll(answerTo: (request: ToolRequest) => ToolAnswer): void {
    this.#answerTo = answerTo;
  }

  /** Starts a turn. The promise resolves at its end. */
  begin(turn: HostTurn): Promise<TurnEnd> {
    this.#raw = [];
    this.#ended = Promise.withResolvers();
    this.send({ kind: 'turn', ...turn });
    return this.#ended.promise;
  }

  async run(prompt: string, more: Partial<HostTurn> = {}): Promise<TurnReport> {
    const end = await this.begin({ turnId: `turn-${crypto.randomUUID()}`, prompt, ...more });
    return { items: this.items, end };
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await this.exited;
  }

  #receive(message: FromHost): void {
    this.messages.push(message);
    if (message.kind === 'items') {
      this.#raw.push(...message.items);
      this.send({ kind: 'stored', count: message.items.length });
    }
    if (message.kind === 'request' && this.#answerTo !== null) {
      const { turnId, request } = message;
      const answer = this.#answerTo(request);
      this.send({ kind: 'answer', turnId, requestId: request.requestId, answer });
    }
    if (message.kind === 'ended') this.#ended.resolve(message.end);
    if (message.kind === 'failed') this.#failed.resolve(message.failure);
  }
}

/** A prompt with a `rehearse` script. */
export const script = (...lines: readonly string[]): string =>
  `Do as the script says.\n\n\`\`\`rehearse\n${lines.join('\n')}\n\`\`\``;

/** The text of all items that are not retracted. */
export function textOf(raw: readonly RawItem[]): string {
  const items = raw.map(({ id, kind, dataText }) => ({
    id,
    item: readItem(kind, JSON.parse(dataText)),
  }));
  const retracted = new Set(
    items.flatMap(({ item }) => (item.kind === 'retracted' ? item.itemIds : [])),
  );
  return items
    .filter(({ id }) => id === undefined || !retracted.has(id))
    .map(({ item }) => (item.kind === 'text' ? item.text : ''))
    .join('');
}
