import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { EventView } from '../../src/contract/event-views.ts';
import { isRunning } from '../../src/lib/process.ts';
import { decodeRecord } from '../../src/runner/log/record.ts';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import { readProcesses } from '../../src/runner/processes/process-table.ts';
import { readPresence } from '../../src/runtimes/local/start-runner.ts';
import { readEvents } from '../ledger.ts';
import { endRunner } from '../outliving.ts';
import { DaemonProcess, startRehearsalProcess } from '../processes.ts';
import { sampleRepository } from '../sample-repository.ts';
import { until } from '../until.ts';

export const STEPS_OF_AN_AGENT = 6;
/** Whose agents work; Cursor's when nothing is said. */
export type CrashProvider = { readonly providerId?: string; readonly model?: string };
const OVER = ['finished', 'failed', 'cancelled'];

/** The whole product as processes of its own, each of which can be killed: the daemon, its runner, the hosts of agents. */
export class CrashWorld {
  readonly daemon: DaemonProcess;
  readonly sessions: string[] = [];
  readonly #folder: string;
  readonly #repository: string;
  readonly #rehearsal: ChildProcess;
  readonly #provider: CrashProvider;
  /** By session: the file that its commands append their lines to. */
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

  /** Two agents at once, and a third one after them. Each command appends its own line to a file. */
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
    return OVER.includes((await this.daemon.client.session(id)).status);
  }

  async ended(id: string): Promise<void> {
    await expect
      .poll(() => this.isEnded(id), { timeout: 120_000, interval: 200, message: this.#words(id) })
      .toBe(true);
  }

  /** SIGKILL: no part of it gets to do anything about it. Whether there was one to kill. */
  async killRunner(): Promise<boolean> {
    const presence = readPresence(this.daemon.home);
    if (presence === null || !isRunning(presence)) return false;
    signalProcess(presence.pid, 'SIGKILL');
    await until(() => !isRunning(presence));
    return true;
  }

  /** One of the hosts, and not what it has started: that is left behind, as the system would do it. */
  async killHost(choice: number): Promise<boolean> {
    const runner = readPresence(this.daemon.home)?.pid;
    const rows = await readProcesses();
    const hosts = rows.filter((row) => row.threadId !== null && row.parentPid === runner);
    const host = hosts[Math.floor(choice * hosts.length)];
    if (host !== undefined) signalProcess(host.pid, 'SIGKILL');
    return host !== undefined;
  }

  /** One of the programs that hosts drive, and not what it has started. */
  async killProgram(name: string, choice: number): Promise<boolean> {
    const rows = await readProcesses();
    const programs = rows.filter((row) => row.threadId !== null && row.name === name);
    const program = programs[Math.floor(choice * programs.length)];
    if (program !== undefined) signalProcess(program.pid, 'SIGKILL');
    return program !== undefined;
  }

  /** The lines that commands of a session appended, in their order. */
  effectsOf(id: string): readonly string[] {
    const file = this.#effects.get(id) ?? '';
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  /** What the journal has of a session, as a client reads it. */
  async whatWasTold(id: string): Promise<Told> {
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

  /** The items that the runner's own logs have of a session. */
  async whatWasLogged(id: string): Promise<readonly string[]> {
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

  #words(id: string): string {
    const log = join(this.daemon.home, 'local-runs', 'runner.log');
    const said = existsSync(log) ? readFileSync(log, 'utf8').slice(-2_000) : '';
    return `session ${id} ends; the runner said: ${said}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.kill();
    await endRunner(this.daemon.home);
    this.#rehearsal.kill('SIGKILL');
    if (process.env.KEEP === undefined)
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Told = {
  /** Of all events, without a gap. */
  readonly seqs: readonly number[];
  /** Every item that has an id. */
  readonly items: readonly string[];
  /** Items that name a call whose result is not known. */
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
