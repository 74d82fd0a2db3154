import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { EventView } from '../../src/contract/event-views.ts';
import { isRunning } from '../../src/lib/process.ts';
import { decodeRecord } from '../../src/runner/log/record.ts';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import type { ProcessRow } from '../../src/runner/processes/process-row.ts';
import { readProcesses } from '../../src/runner/processes/process-table.ts';
import { readPresence } from '../../src/runtimes/local/start-runner.ts';
import { stopRunner } from '../detached-processes.ts';
import { readEvents } from '../ledger.ts';
import { DaemonProcess, startRehearsalProcess } from '../processes.ts';
import { removeFolder } from '../remove-folder.ts';
import { sampleRepository } from '../sample-repository.ts';
import { until } from '../until.ts';

export const STEPS_OF_AN_AGENT = 6;
/** The provider of the agents; Cursor by default. */
export type CrashProvider = { readonly providerId?: string; readonly model?: string };
const ENDED_STATUSES = ['finished', 'failed', 'cancelled'];

/** The whole product as separate processes that can be killed: the daemon, the runner, the hosts of agents. */
export class CrashWorld {
  readonly daemon: DaemonProcess;
  readonly sessions: string[] = [];
  readonly #folder: string;
  readonly #repository: string;
  readonly #rehearsal: ChildProcess;
  readonly #provider: CrashProvider;
  /** By session: the file to which its commands append lines. */
  readonly #effects = new Map<string, string>();

  private constructor(
    folder: string,
    rehearsal: { url: string; process: ChildProcess },
    provider: CrashProvider,
  ) {
    this.#folder = folder;
    this.#provider = provider;
    this.#repository = sampleRepository(join(folder, 'shop'));
    this.#rehearsal = rehearsal.process;
    mkdirSync(join(folder, 'home'));
    this.daemon = new DaemonProcess(join(folder, 'home'), rehearsal.url);
  }

  static async start(provider: CrashProvider = {}): Promise<CrashWorld> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cerevisor-crash-')));
    const rehearsal = await startRehearsalProcess(join(folder, 'rehearsal'), ['--pace', '5ms']);
    const world = new CrashWorld(folder, rehearsal, provider);
    await world.daemon.start();
    return world;
  }

  /**
   * Starts a session with two parallel agents and a third one after them. Each command appends a distinct line to a
   * file.
   */
  async begin(): Promise<string> {
    const file = join(this.#folder, `effects-${this.sessions.length}`);
    const workflow = workflowOf(file, this.#provider);
    const body = { workflow, folder: this.#repository };
    const { sessionId } = await this.daemon.client.start(body);
    this.#effects.set(sessionId, file);
    this.sessions.push(sessionId);
    return sessionId;
  }

  async isEnded(id: string): Promise<boolean> {
    return ENDED_STATUSES.includes((await this.daemon.client.session(id)).status);
  }

  async ended(id: string): Promise<void> {
    await expect
      .poll(() => this.isEnded(id), {
        timeout: 120_000,
        interval: 200,
        message: this.#failureMessage(id),
      })
      .toBe(true);
  }

  /** Kills the runner with SIGKILL. Returns whether there was one. */
  async killRunner(): Promise<boolean> {
    const runner = readPresence(this.daemon.home);
    if (runner === null || !isRunning(runner)) return false;
    signalProcess(runner.pid, 'SIGKILL');
    await until(() => !isRunning(runner));
    return true;
  }

  /** Kills one of the hosts, but not its child processes. */
  async killHost(choice: number): Promise<boolean> {
    return killOneOf(this.#hostsAmong(await readProcesses()), choice);
  }

  /** Kills one of the programs that hosts run, but not its child processes. */
  async killProgram(name: string, choice: number): Promise<boolean> {
    const rows = await readProcesses();
    const hosts = new Set(this.#hostsAmong(rows).map(({ pid }) => pid));
    const programs = rows.filter((row) => row.name === name && hosts.has(row.parentPid));
    return killOneOf(programs, choice);
  }

  /** Only those of this world: other tests have hosts at the same time. */
  #hostsAmong(rows: readonly ProcessRow[]): readonly ProcessRow[] {
    const runner = readPresence(this.daemon.home)?.pid;
    return rows.filter((row) => row.threadId !== null && row.parentPid === runner);
  }

  /** The lines that the commands of a session appended, in order. */
  effectsOf(id: string): readonly string[] {
    const file = this.#effects.get(id) ?? '';
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  /** The events of a session, as a client reads them. */
  async reportedEvents(id: string): Promise<ReportedEvents> {
    const events = await readEvents(this.daemon.client, id);
    const items = events.filter(({ type }) => type === 'TranscriptItem');
    return {
      seqs: events.map(({ seq }) => seq),
      items: items
        .map(nameOfItem)
        .filter((name) => name !== null)
        .toSorted(),
      unrecorded: items
        .map((event) => JSON.stringify(event.item))
        .filter((text) => text.includes('was not recorded')),
    };
  }

  /** The items of a session in the runner's logs. */
  async loggedItems(id: string): Promise<readonly string[]> {
    const { agents } = await this.daemon.client.session(id);
    return agents
      .flatMap(({ threadId }) => (threadId === null ? [] : this.#itemsInLog(threadId)))
      .toSorted();
  }

  #itemsInLog(threadId: string): string[] {
    const file = join(this.daemon.home, 'local-runs', 'threads', threadId, 'log.ndjson');
    return readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const stored = decodeRecord(line);
        return stored?.record.type === 'item' && stored.record.item.id !== undefined
          ? [`${stored.record.turnId} ${stored.record.item.id}`]
          : [];
      });
  }

  #failureMessage(id: string): string {
    const log = join(this.daemon.home, 'local-runs', 'runner.log');
    const logTail = existsSync(log) ? readFileSync(log, 'utf8').slice(-2_000) : '';
    return `session ${id} ends; the runner said: ${logTail}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.kill();
    await stopRunner(this.daemon.home);
    this.#rehearsal.kill('SIGKILL');
    if (process.env.KEEP === undefined) removeFolder(this.#folder);
  }
}

type ReportedEvents = {
  /** Sequence numbers of all events. */
  readonly seqs: readonly number[];
  /** All items with an id. */
  readonly items: readonly string[];
  /** Notices about calls without a recorded result. */
  readonly unrecorded: readonly string[];
};

const nameOfItem = ({ cursorRunId, turnId, itemId }: EventView): string | null =>
  itemId === undefined ? null : `${turnId ?? cursorRunId} ${itemId}`;

const AGENTS = [
  { id: 'research', name: 'Research' },
  { id: 'build', name: 'Build' },
  { id: 'review', name: 'Review' },
];

const workflowOf = (file: string, { providerId, model }: CrashProvider) => ({
  version: '1.0',
  id: crypto.randomUUID(),
  name: 'Crash',
  agents: AGENTS.map(({ id, name }, index) => ({
    id,
    name,
    instructions: `Work.\n\n${scriptOf(name, file)}`,
    ...(model === undefined ? {} : { model }),
    position: { x: index * 300, y: 0 },
  })),
  connections: [
    { id: 'first', source: 'research', target: 'review' },
    { id: 'second', source: 'build', target: 'review' },
  ],
  settings: { runMode: 'local', ...(providerId === undefined ? {} : { providerId }) },
});

function scriptOf(name: string, file: string): string {
  const steps = Array.from(
    { length: STEPS_OF_AN_AGENT },
    (_, index) => `run sleep 0.1; echo ${name} ${index + 1} >> ${file}; sleep 0.1`,
  );
  return ['```rehearse', ...steps, 'conclude', '```'].join('\n');
}

function killOneOf(rows: readonly ProcessRow[], choice: number): boolean {
  const row = rows[Math.floor(choice * rows.length)];
  if (row !== undefined) signalProcess(row.pid, 'SIGKILL');
  return row !== undefined;
}
