import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { createDaemonClient } from '../src/cli/daemon/client.ts';
import type { Client } from '../src/contract/client.ts';
import type { SessionDetail } from '../src/contract/session-views.ts';
import { isAlive } from '../src/lib/process.ts';
import {
  type CommandResult,
  type RunningCommand,
  runCommand,
  startCommand,
} from './command-line.ts';
import { stopRunner } from './detached-processes.ts';
import { lastingPort } from './lasting-port.ts';
import { type Ledger, readLedger } from './ledger.ts';
import { startRehearsalProcess } from './processes.ts';
import { rehearsalControl } from './rehearsal-control.ts';
import { removeFolder } from './remove-folder.ts';
import { sampleRepository } from './sample-repository.ts';
import { until } from './until.ts';

/** The key of these tests, which must not appear anywhere outside the environment. */
export const API_KEY = 'crsr_canary_4f0d81c2b7e944a6';

export type SystemWorldOptions = {
  /** Additional flags of the rehearsal cloud. */
  readonly flags?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
};

/** A user's system: a home folder, a repository, a rehearsal cloud in another process, and the command. */
export class SystemWorld {
  readonly folder: string;
  readonly home: string;
  readonly repository: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly #flags: readonly string[];
  #rehearsal: { url: string; process: ChildProcess } | null = null;
  #cloudPort: number | null = null;
  #workflows = 0;
  readonly #homes: string[] = [];
  readonly #cloud = rehearsalControl(() => this.cloudUrl);

  /** Activates a fault of the rehearsal cloud. Returns a function that removes it. */
  readonly fault = this.#cloud.fault;

  /** Advances the time of the rehearsal cloud's agents. */
  readonly jump = this.#cloud.jump;

  private constructor(options: SystemWorldOptions) {
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

  static async open(options: SystemWorldOptions = {}): Promise<SystemWorld> {
    const world = new SystemWorld(options);
    await world.startCloud();
    return world;
  }

  get cloudUrl(): string {
    return this.#rehearsal?.url ?? '';
  }

  get cloudProcess(): ChildProcess {
    if (this.#rehearsal === null) throw new Error('The rehearsal cloud does not run.');
    return this.#rehearsal.process;
  }

  /** Starts the rehearsal cloud, at its previous address if it has one. */
  async startCloud(): Promise<void> {
    const home = path.join(this.folder, 'cloud');
    rmSync(path.join(home, 'rehearsal.json'), { force: true });
    this.#cloudPort ??= await lastingPort();
    const port = ['--port', String(this.#cloudPort)];
    this.#rehearsal = await startRehearsalProcess(home, [...this.#flags, ...port]);
    this.environment.CURSOR_BACKEND_URL = this.cloudUrl;
  }

  async killCloud(): Promise<void> {
    const exited = once(this.cloudProcess, 'exit');
    this.cloudProcess.kill('SIGKILL');
    await exited;
  }

  /** Starts a command. */
  start(...args: readonly string[]): RunningCommand {
    return startCommand(this.home, args, { environment: this.environment, cwd: this.folder });
  }

  /** Runs a command to its end. */
  run(...args: readonly string[]): Promise<CommandResult> {
    return this.runWith({}, ...args);
  }

  runWith(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<CommandResult> {
    return runCommand(this.home, args, {
      environment: { ...this.environment, ...environment },
      cwd: this.folder,
    });
  }

  /** Runs a command with `--json` and parses its output. */
  async json<Value>(...args: readonly string[]): Promise<Value> {
    const ended = await this.run(...args, '--json');
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    return JSON.parse(ended.stdout) as Value; // The test checks the shape.
  }

  /** A client of the running daemon. */
  get client(): Client {
    return createDaemonClient(this.home);
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

  /** Starts a session with `cerevisor run` and returns its id. */
  async begin(document: unknown, ...args: readonly string[]): Promise<string> {
    const file = this.write(document);
    const { sessionId } = await this.json<{ sessionId: string }>('run', file, '--detach', ...args);
    return sessionId;
  }

  /** Waits until the condition holds for the session, which is read again after each of its events. */
  async until(
    id: string,
    condition: (session: SessionDetail) => boolean,
    timeoutMs = 120_000,
  ): Promise<SessionDetail> {
    const reached = new AbortController();
    const deadline = AbortSignal.timeout(timeoutMs);
    let latest = await this.client.session(id);
    const check = async (): Promise<void> => {
      latest = await this.client.session(id);
      if (condition(latest)) reached.abort();
    };
    if (condition(latest)) return latest;
    let checking = Promise.resolve();
    await this.client.follow({
      session: id,
      after: 0,
      signal: AbortSignal.any([reached.signal, deadline]),
      onEvent: () => {
        checking = checking.then(check);
        // The failure itself is thrown below, once nothing is followed any more.
        checking.catch(() => reached.abort());
      },
    });
    await checking;
    if (condition(latest)) return latest;
    throw new Error(`Not reached: ${JSON.stringify(latest, null, 1)}`);
  }

  settled(id: string, timeoutMs?: number): Promise<SessionDetail> {
    return this.until(id, isSettled, timeoutMs);
  }

  ledger(): Promise<Ledger> {
    return readLedger(this.cloudUrl);
  }

  /**
   * Lets the cloud's agents of a session finish that wait for an hour. A jump of the clock counts only for a wait that has
   * begun, so it is repeated.
   */
  async finishRuns(id: string): Promise<void> {
    const jump = async (): Promise<boolean> => {
      await this.jump('1h');
      const { agents } = await this.ledger();
      const own = agents.filter(({ metadata }) => Object.values(metadata).includes(id));
      const runs = own.flatMap((agent) => agent.runs);
      return runs.length > 0 && runs.every(({ status }) => status === 'FINISHED');
    };
    await expect.poll(jump, { interval: 500 }).toBe(true);
  }

  /** An additional home folder, whose daemon is stopped on `close`, too. */
  freshHome(name: string): string {
    const home = path.join(this.folder, name);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    this.#homes.push(home);
    return home;
  }

  async close(): Promise<void> {
    for (const home of this.#homes) {
      await endDaemon(home);
      await stopRunner(home);
    }
    const { exitCode, signalCode } = this.cloudProcess;
    if (exitCode === null && signalCode === null) {
      this.cloudProcess.kill('SIGCONT');
      await this.killCloud();
    }
    removeFolder(this.folder);
  }
}

/** Stops a daemon by its process id, because the test may have removed its token. */
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
