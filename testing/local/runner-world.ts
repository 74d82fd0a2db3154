import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLines } from '../../src/lib/lines.ts';
import { isRunning } from '../../src/lib/process.ts';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import { readProcesses } from '../../src/runner/processes/process-table.ts';
import { RunnerClient } from '../../src/runtimes/local/client.ts';
import {
  type FollowLine,
  followLineSchema,
  type LocalTurn,
} from '../../src/runtimes/local/protocol.ts';
import type { CallResult } from '../../src/runtimes/local/socket-calls.ts';
import type { StartThread } from '../../src/runtimes/local/start-requests.ts';
import { readPresence } from '../../src/runtimes/local/start-runner.ts';
import { stopRunner } from '../detached-processes.ts';
import { removeFolder } from '../remove-folder.ts';
import { until } from '../until.ts';
import type { TestStep } from './test-host.ts';

const programOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** `test`: scripted steps replace the harness. `shared-test`: the same, with one process for all threads of a key. */
const TEST_RUNNERS = {
  test: programOf('./test-runner.ts'),
  'shared-test': programOf('./shared-test-runner.ts'),
};
type RunnerName = 'product' | keyof typeof TEST_RUNNERS;

/** A home folder with a real runner, which is started on demand. */
export class RunnerWorld {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), 'runner-')));
  readonly folder = mkdtempSync(join(tmpdir(), 'runner-folder-'));
  readonly #environment: Record<string, string>;
  readonly #runner: RunnerName;
  client: RunnerClient;

  /** `runner`: `product` starts real harnesses; the others run scripted steps. */
  constructor(environment: Record<string, string> = {}, runner: RunnerName = 'test') {
    this.#runner = runner;
    this.#environment = { PATH: process.env.PATH ?? '', HOME: this.home, ...environment };
    this.client = this.newClient();
  }

  /** A client as another daemon would create it. `build` identifies the version of the program. */
  newClient(build = 'test'): RunnerClient {
    return new RunnerClient({
      home: this.home,
      version: '1.2.3',
      environment: this.#environment,
      ...(this.#runner === 'product'
        ? {}
        : { program: { file: TEST_RUNNERS[this.#runner], build } }),
    });
  }

  /** Process id of the runner that accepts new threads. */
  get pid(): number {
    const presence = readPresence(this.home);
    if (presence === null) throw new Error('No runner is there');
    return presence.pid;
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  linesIn(name: string): readonly string[] {
    return existsSync(this.file(name))
      ? readFileSync(this.file(name), 'utf8').trim().split('\n')
      : [];
  }

  start(threadId: string, steps: readonly TestStep[]): Promise<CallResult<LocalTurn>> {
    return this.startBy(this.client, threadId, steps);
  }

  /** As a daemon does it: a runner that is just ending or starting is asked again. Other failures are the caller's. */
  startBy(
    client: RunnerClient,
    threadId: string,
    steps: readonly TestStep[],
  ): Promise<CallResult<LocalTurn>> {
    return until(async () => {
      const request = startRequest(this.folder, threadId, steps);
      const started = await client.startThread(threadId, request);
      return !started.ok && started.error.code === 'unreachable' ? null : started;
    });
  }

  /** Kills the runner with SIGKILL. */
  async killRunner(): Promise<void> {
    const presence = readPresence(this.home);
    if (presence === null) return;
    signalProcess(presence.pid, 'SIGKILL');
    await until(() => !isRunning(presence));
  }

  /** Processes with the environment mark of the thread. */
  async processesOf(threadId: string): Promise<readonly number[]> {
    const rows = await readProcesses();
    return rows.filter((row) => row.threadId === threadId).map(({ pid }) => pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await stopRunner(this.home);
    for (const folder of [this.home, this.folder]) removeFolder(folder);
  }
}

/** A unique id, because processes are found by thread id across all home folders. */
export const newThreadId = (): string => `agent-${crypto.randomUUID()}`;

export const turnIdOf = (threadId: string): string => threadId.replace('agent-', 'turn-');

export function startRequest(
  folder: string,
  threadId: string,
  steps: readonly TestStep[],
): StartThread {
  return {
    thread: {
      name: 'Builder',
      harness: 'cursor-local',
      workspace: {
        sessionId: 's_1',
        sessionPrefix: 's_1',
        workflowName: 'Shop',
        agentName: 'builder',
        attempt: 1,
        folder,
        isolation: 'in-place',
        carryUncommitted: true,
        setup: [],
        copy: [],
        bases: [],
      },
      sandbox: false,
      permissions: {
        filesystemWrite: 'allow',
        execution: 'ask',
        network: 'allow',
        mcp: 'allow',
        rules: [{ category: 'execution', pattern: 'forbidden *', decision: 'deny' }],
      },
      settingSources: ['project'],
      metadata: { cerevisor: '1' },
    },
    turn: { turnId: turnIdOf(threadId), prompt: JSON.stringify(steps) },
    secrets: { apiKey: 'crsr_canary_key_0123456789' },
  };
}

/** The lines of a turn, up to its end or until `shouldContinue` returns false. */
export async function linesOfTurn(
  client: RunnerClient,
  threadId: string,
  options: { turnId?: string; after?: number; shouldContinue?: (line: FollowLine) => boolean } = {},
): Promise<readonly FollowLine[]> {
  const abort = new AbortController();
  const turnId = options.turnId ?? turnIdOf(threadId);
  const answer = await client.items(threadId, turnId, options.after ?? 0, abort.signal);
  if (!answer.ok) throw new Error(answer.error.message);
  const lines: FollowLine[] = [];
  for await (const { text } of readLines(answer.value)) {
    const line = followLineSchema.parse(JSON.parse(text));
    lines.push(line);
    if (options.shouldContinue?.(line) === false) break;
  }
  return lines;
}

/** Waits for the end of a turn. */
export async function endOfTurn(
  client: RunnerClient,
  threadId: string,
  turnId = turnIdOf(threadId),
): Promise<LocalTurn> {
  return until(async () => {
    const answer = await client.readTurn(threadId, turnId);
    const isOpen = answer.ok && ['CREATING', 'RUNNING'].includes(answer.value.status);
    return answer.ok && !isOpen ? answer.value : null;
  });
}
