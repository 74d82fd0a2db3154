import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { connectTo } from '../src/cli/daemon/connect.ts';
import type { Client } from '../src/contract/client.ts';
import type { SessionDetail } from '../src/contract/session-views.ts';
import { isAlive } from '../src/lib/process.ts';
import { type Ended, type Running, runCommand, startCommand } from './command-line.ts';
import { type Ledger, readLedger } from './ledger.ts';
import { endRunner } from './outliving.ts';
import { startRehearsalProcess } from './processes.ts';
import { sampleRepository } from './sample-repository.ts';
import { until } from './until.ts';

/** The key of these tests: it must never be found anywhere but in the environment that it was put into. */
export const API_KEY = 'crsr_canary_4f0d81c2b7e944a6';

export type StageOptions = {
  /** Of the rehearsal cloud, next to pace 2ms. */
  readonly flags?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
};

/** What a person has: a home, a repository, an account (of a rehearsal cloud in another process) and the command. */
export class Stage {
  readonly folder: string;
  readonly home: string;
  readonly repository: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly #flags: readonly string[];
  #rehearsal: { url: string; process: ChildProcess } | null = null;
  #workflows = 0;
  readonly #homes: string[] = [];

  private constructor(options: StageOptions) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'cerevisor-system-'));
    this.home = this.freshHome('home');
    this.repository = sampleRepository(path.join(this.folder, 'shop'));
    this.#flags = ['--pace', '2ms', ...(options.flags ?? [])];
    this.environment = {
      CURSOR_API_KEY: API_KEY,
      CEREVISOR_NO_OPEN: '1',
      CEREVISOR_PORT: '0',
      ...options.environment,
    };
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(options);
    await stage.startCloud();
    return stage;
  }

  get cloudUrl(): string {
    return this.#rehearsal?.url ?? '';
  }

  get cloudProcess(): ChildProcess {
    if (this.#rehearsal === null) throw new Error('The rehearsal cloud does not run.');
    return this.#rehearsal.process;
  }

  /** Starts the rehearsal cloud; under its old address when it ran before. */
  async startCloud(): Promise<void> {
    const home = path.join(this.folder, 'cloud');
    rmSync(path.join(home, 'rehearsal.json'), { force: true });
    const port = this.#rehearsal === null ? [] : ['--port', new URL(this.cloudUrl).port];
    this.#rehearsal = await startRehearsalProcess(home, [...this.#flags, ...port]);
    this.environment.CURSOR_BACKEND_URL = this.cloudUrl;
  }

  async killCloud(): Promise<void> {
    const isGone = once(this.cloudProcess, 'exit');
    this.cloudProcess.kill('SIGKILL');
    await isGone;
  }

  /** A command that is still running. */
  start(...args: readonly string[]): Running {
    return startCommand(this.home, args, { environment: this.environment, cwd: this.folder });
  }

  /** A command to its end. */
  run(...args: readonly string[]): Promise<Ended> {
    return this.runWith({}, ...args);
  }

  runWith(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ended> {
    return runCommand(this.home, args, {
      environment: { ...this.environment, ...environment },
      cwd: this.folder,
    });
  }

  /** The document that a command with `--json` prints. */
  async json<Value>(...args: readonly string[]): Promise<Value> {
    const ended = await this.run(...args, '--json');
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    return JSON.parse(ended.stdout) as Value; // The shape is what the test continues to check.
  }

  /** The API, with the address and the token of the daemon that runs now. */
  get client(): Client {
    return connectTo(this.home);
  }

  get daemonPid(): number {
    return Number(JSON.parse(readFileSync(path.join(this.home, 'daemon.json'), 'utf8')).pid);
  }

  async killDaemon(): Promise<void> {
    const pid = this.daemonPid;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  }

  /** Writes a workflow and returns its path. */
  write(document: unknown, name = `workflow-${++this.#workflows}.cerevisor`): string {
    const file = path.join(this.folder, name);
    writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
    return file;
  }

  /** Starts a session by the command and returns its id. */
  async begin(document: unknown, ...args: readonly string[]): Promise<string> {
    const file = this.write(document);
    const { sessionId } = await this.json<{ sessionId: string }>('run', file, '--detach', ...args);
    return sessionId;
  }

  /** The session once it is as wanted. Looks again at each of its events, so nothing is missed or slept for. */
  async until(
    id: string,
    isWanted: (session: SessionDetail) => boolean,
    timeoutMs = 120_000,
  ): Promise<SessionDetail> {
    const reached = new AbortController();
    const deadline = AbortSignal.timeout(timeoutMs);
    let latest = await this.client.session(id);
    const look = async (): Promise<void> => {
      latest = await this.client.session(id);
      if (isWanted(latest)) reached.abort();
    };
    if (isWanted(latest)) return latest;
    let looking = Promise.resolve();
    await this.client.follow({
      session: id,
      after: 0,
      signal: AbortSignal.any([reached.signal, deadline]),
      onEvent: () => {
        looking = looking.then(look);
      },
    });
    await looking;
    if (isWanted(latest)) return latest;
    throw new Error(`Not reached: ${JSON.stringify(latest, null, 1)}`);
  }

  settled(id: string, timeoutMs?: number): Promise<SessionDetail> {
    return this.until(id, isSettled, timeoutMs);
  }

  ledger(): Promise<Ledger> {
    return readLedger(this.cloudUrl);
  }

  /** Switches a fault of the rehearsal cloud on; returns how to switch it off. */
  async fault(match: object, effect: object): Promise<() => Promise<void>> {
    const { id } = (await this.#control('faults', { match, effect })) as { id: string };
    return async () => {
      await fetch(`${this.cloudUrl}/rehearsal/faults/${id}`, { method: 'DELETE' });
    };
  }

  async moveTime(change: { scale?: number; jump?: string }): Promise<void> {
    await this.#control('time', change);
  }

  async #control(what: string, body: object): Promise<unknown> {
    const answer = await fetch(`${this.cloudUrl}/rehearsal/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text === '' ? null : JSON.parse(text);
  }

  /** A home next to the usual one, for what must not disturb it. Its daemon ends with the stage, too. */
  freshHome(name: string): string {
    const home = path.join(this.folder, name);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    this.#homes.push(home);
    return home;
  }

  async close(): Promise<void> {
    for (const home of this.#homes) {
      await endDaemon(home);
      await endRunner(home);
    }
    const { exitCode, signalCode } = this.cloudProcess;
    if (exitCode === null && signalCode === null) {
      this.cloudProcess.kill('SIGCONT');
      await this.killCloud();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** By its process alone, since the test may have left neither token nor answer to it. */
async function endDaemon(home: string): Promise<void> {
  const file = path.join(home, 'daemon.json');
  if (!existsSync(file)) return;
  const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number }; // Written by the daemon.
  if (pid === process.pid || !isAlive(pid)) return;
  process.kill(pid, 'SIGCONT');
  process.kill(pid, 'SIGTERM');
  await until(() => !isAlive(pid));
}

const isSettled = ({ status }: { status: string }): boolean =>
  ['finished', 'failed', 'cancelled'].includes(status);
