import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRehearsal } from '../../rehearsal/server.ts';
import { isRunning } from '../../src/lib/process.ts';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import type { FollowEnd, TurnFact } from '../../src/runtimes/follow-types.ts';
import { RunnerClient } from '../../src/runtimes/local/client.ts';
import type { Connection } from '../../src/runtimes/local/connection.ts';
import { createLocalRuntime } from '../../src/runtimes/local/runtime.ts';
import type { HarnessId } from '../../src/runtimes/local/start-requests.ts';
import { readPresence } from '../../src/runtimes/local/start-runner.ts';
import type { Runtime } from '../../src/runtimes/port.ts';
import type { LaunchRequest } from '../../src/runtimes/turn-requests.ts';
import type { RawItem } from '../../src/transcript/item.ts';
import { stopRunner } from '../detached-processes.ts';
import { removeFolder } from '../remove-folder.ts';
import { until } from '../until.ts';

/** The harness of the agents, and its connection to the rehearsal cloud. */
export type WorldHarness = {
  readonly harness: HarnessId;
  readonly model: string;
  readonly connection: (url: string) => Connection;
};

const cursorLocal: WorldHarness = {
  harness: 'cursor-local',
  model: 'composer-2',
  connection: (url) => ({ apiKey: 'crsr_canary_key_0123456789', baseUrl: url }),
};

/**
 * Local agents with a real runner, git worktrees, and hosts with Cursor's unmodified SDK or another harness. The
 * rehearsal cloud is the model.
 */
export class LocalWorld {
  readonly home: string;
  readonly repository: string;
  readonly client: RunnerClient;
  readonly runtime: Runtime;
  readonly #folder: string;
  readonly #closeRehearsal: () => Promise<void>;

  readonly #model: string;

  private constructor(
    folder: string,
    url: string,
    close: () => Promise<void>,
    { harness, model, connection }: WorldHarness,
  ) {
    this.#folder = folder;
    this.#model = model;
    this.home = join(folder, 'home');
    this.repository = join(folder, 'shop');
    mkdirSync(this.home);
    this.#makeRepository();
    this.#closeRehearsal = close;
    this.client = new RunnerClient({
      home: this.home,
      version: '1.2.3',
      environment: { PATH: process.env.PATH ?? '', HOME: join(folder, 'home') },
    });
    this.runtime = createLocalRuntime({
      harness,
      client: this.client,
      connect: async () => ({ ok: true, value: connection(url) }),
      backend: { kind: 'rehearsal', url },
      account: async () => ({ ok: true, value: { keyName: 'test', identity: 'x' } }),
      models: async () => ({ ok: true, value: [] }),
    });
  }

  static async start(harness: WorldHarness = cursorLocal): Promise<LocalWorld> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'local-world-')));
    const rehearsal = await startRehearsal({
      home: join(folder, 'cloud'),
      paceMs: 0,
      idleMinutes: 0,
    });
    return new LocalWorld(folder, rehearsal.url, () => rehearsal.close(), harness);
  }

  request(threadId: string, prompt: string, more: Partial<LaunchRequest> = {}): LaunchRequest {
    return {
      threadId,
      name: 'Builder',
      prompt,
      model: this.#model,
      repositories: [],
      autoCreatePr: false,
      metadata: { cerevisor: '1' },
      workspace: {
        sessionId: 's_0123456789abcdef',
        sessionPrefix: 's_012345',
        workflowName: 'Shop',
        agentName: 'builder',
        attempt: 1,
        folder: this.repository,
        isolation: 'worktree',
        carryUncommitted: true,
        setup: [],
        copy: [],
        bases: [],
      },
      ...more,
    };
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.repository, ...args], { encoding: 'utf8' }).trim();
  }

  runnerLog(): string {
    return readFileSync(join(this.home, 'local-runs', 'runner.log'), 'utf8');
  }

  async killRunner(): Promise<void> {
    const presence = readPresence(this.home);
    if (presence === null) throw new Error('No runner is there');
    signalProcess(presence.pid, 'SIGKILL');
    await until(() => !isRunning(presence));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runtime.close();
    await this.client.close();
    await stopRunner(this.home);
    await this.#closeRehearsal();
    removeFolder(this.#folder);
  }

  #makeRepository(): void {
    mkdirSync(this.repository);
    this.git('init', '--quiet', '--initial-branch=main');
    writeFileSync(join(this.repository, 'README.md'), '# Shop\n');
    this.git('add', '.');
    this.git('-c', 'user.name=P', '-c', 'user.email=p@example.com', 'commit', '-qm', 'Begin');
  }
}

/** Follows a turn and collects what its observer receives. */
export class TurnReader {
  readonly items: RawItem[] = [];
  readonly facts: TurnFact[] = [];
  readonly connections: string[] = [];
  cursor: string | undefined;
  readonly end: Promise<FollowEnd>;
  readonly #abort = new AbortController();

  constructor(runtime: Runtime, threadId: string, turnId: string, cursor?: string) {
    this.end = runtime.follow(
      {
        threadId,
        turnId,
        hasEnded: false,
        signal: this.#abort.signal,
        ...(cursor === undefined ? {} : { cursor }),
      },
      {
        onItems: (batch) => {
          this.items.push(...batch.items);
          this.cursor = batch.cursor;
        },
        onFact: (fact) => this.facts.push(fact),
        onConnection: (connection) => this.connections.push(connection),
        onGap: (gap) => {
          throw new Error(gap.detail);
        },
      },
    );
  }

  /** The data of all items as text. */
  get text(): string {
    return this.items.map(({ dataText }) => dataText).join('\n');
  }

  stop(): void {
    this.#abort.abort();
  }
}
