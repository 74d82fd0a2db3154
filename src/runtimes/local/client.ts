import { z } from 'zod';
import type { ToolAnswer } from '../../permissions/tool-request.ts';
import { runnersWithThreads } from './older-runners.ts';
import {
  type LocalThread,
  type LocalTurn,
  localThreadSchema,
  localTurnSchema,
  type RunnerInfo,
  resumePromptSchema,
  runnerPaths,
  type StopResult,
  stopResultSchema,
  threadListSchema,
} from './protocol.ts';
import { type Call, type CallResult, type RunnerEndpoint, SocketCalls } from './socket-calls.ts';
import type { StartThread, StartTurn } from './start-requests.ts';
import {
  ensureRunner,
  findRunner,
  readRunnerInfo,
  readSecret,
  type StartOptions,
} from './start-runner.ts';

/** Stopping takes up to 12 s for all threads in parallel, plus the time to record it. */
const STOP_TIMEOUT_MS = 60_000;
const anything = z.unknown();

/**
 * The daemon's client of the runner. Calls about threads start a runner if none responds, and go to an older runner if
 * that one still has the thread.
 */
export class RunnerClient {
  readonly #calls = new SocketCalls();
  readonly #options: StartOptions;
  readonly #movedThreads = new Map<string, RunnerEndpoint>();
  #endpoint: RunnerEndpoint | null = null;
  #pendingEndpoint: Promise<CallResult<RunnerEndpoint>> | null = null;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  startThread(threadId: string, body: StartThread): Promise<CallResult<LocalTurn>> {
    const call = { method: 'PUT', path: runnerPaths.thread(threadId), body } as const;
    return this.#onThread(threadId, call, localTurnSchema);
  }

  startTurn(threadId: string, body: StartTurn): Promise<CallResult<LocalTurn>> {
    const path = runnerPaths.turn(threadId, body.turn.turnId);
    return this.#onThread(threadId, { method: 'PUT', path, body }, localTurnSchema);
  }

  readThread(threadId: string): Promise<CallResult<LocalThread>> {
    const call = { method: 'GET', path: runnerPaths.thread(threadId) } as const;
    return this.#onThread(threadId, call, localThreadSchema);
  }

  readTurn(threadId: string, turnId: string): Promise<CallResult<LocalTurn>> {
    const call = { method: 'GET', path: runnerPaths.turn(threadId, turnId) } as const;
    return this.#onThread(threadId, call, localTurnSchema);
  }

  cancel(threadId: string, turnId: string): Promise<CallResult<unknown>> {
    const path = runnerPaths.cancel(threadId, turnId);
    return this.#onThread(threadId, { method: 'POST', path, body: {} }, anything);
  }

  answerRequest(
    threadId: string,
    turnId: string,
    requestId: string,
    answer: ToolAnswer,
  ): Promise<CallResult<unknown>> {
    const path = runnerPaths.request(threadId, turnId, requestId);
    return this.#onThread(threadId, { method: 'POST', path, body: answer }, anything);
  }

  async resumePrompt(threadId: string, turnId: string): Promise<CallResult<string>> {
    const path = runnerPaths.resumePrompt(threadId, turnId);
    const result = await this.#onThread(threadId, { method: 'GET', path }, resumePromptSchema);
    return result.ok ? { ok: true, value: result.value.prompt } : result;
  }

  acknowledge(threadId: string, upTo: number): Promise<CallResult<unknown>> {
    const path = runnerPaths.acknowledge(threadId);
    return this.#onThread(threadId, { method: 'POST', path, body: { upTo } }, anything);
  }

  closeThread(threadId: string, removeWorktree: boolean): Promise<CallResult<unknown>> {
    const path = runnerPaths.close(threadId);
    return this.#onThread(threadId, { method: 'POST', path, body: { removeWorktree } }, anything);
  }

  /** The lines of a turn as a stream of bytes, strictly after the cursor `after`. */
  async items(
    threadId: string,
    turnId: string,
    after: number,
    signal: AbortSignal,
  ): Promise<CallResult<AsyncIterable<Buffer>>> {
    const path = runnerPaths.items(threadId, turnId, after);
    return this.#withEndpoint(threadId, (endpoint) => this.#calls.open(endpoint, path, signal));
  }

  /**
   * Information about the runner that takes new threads, else about an older one; `openThreads` is the sum over all
   * runners. Null if none is running; does not start one.
   */
  async info(): Promise<RunnerInfo | null> {
    const results = await Promise.all(
      (await this.#endpoints()).map((endpoint) => readRunnerInfo(this.#calls, endpoint)),
    );
    const infos = results.flatMap((result) => (result.ok ? [result.value] : []));
    const shown = infos.find(({ isRetiring }) => !isRetiring) ?? infos[0];
    if (shown === undefined) return null;
    return { ...shown, openThreads: infos.reduce((sum, { openThreads }) => sum + openThreads, 0) };
  }

  /** The threads of all runners of this home; empty if none is running. */
  async threads(): Promise<readonly LocalThread[]> {
    const call = { method: 'GET', path: runnerPaths.threads } as const;
    const results = await Promise.all(
      (await this.#endpoints()).map((endpoint) =>
        this.#calls.call(endpoint, call, threadListSchema),
      ),
    );
    return results.flatMap((result) => (result.ok ? result.value.threads : []));
  }

  /** Ends all local agents and then the runners; null if none is running. */
  async stopAll(): Promise<CallResult<StopResult> | null> {
    const endpoints = await this.#endpoints();
    if (endpoints.length === 0) return null;
    const results = await Promise.all(endpoints.map((endpoint) => this.#stop(endpoint)));
    const failed = results.find((result) => !result.ok);
    if (failed !== undefined) return failed;
    const stopped = results.flatMap((result) => (result.ok ? [result.value] : []));
    const ended = stopped.reduce((sum, result) => sum + result.ended, 0);
    return { ok: true, value: { ended, survivors: stopped.flatMap(({ survivors }) => survivors) } };
  }

  #stop(endpoint: RunnerEndpoint): Promise<CallResult<StopResult>> {
    const path = runnerPaths.stop;
    const call = { method: 'POST', path, body: {}, deadlineMs: STOP_TIMEOUT_MS } as const;
    return this.#calls.call(endpoint, call, stopResultSchema);
  }

  /** The runner that takes new threads, and older ones that still have threads. */
  async #endpoints(): Promise<readonly RunnerEndpoint[]> {
    const { home } = this.#options;
    const secret = readSecret(home);
    if (secret === null) return [];
    const current = await findRunner(this.#calls, home);
    const addresses = new Set(await runnersWithThreads(home));
    if (current !== null) addresses.add(current.endpoint.address);
    return [...addresses].map((address) => ({ address, secret }));
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  #onThread<Schema extends z.ZodType>(
    threadId: string,
    call: Call,
    schema: Schema,
  ): Promise<CallResult<z.output<Schema>>> {
    return this.#withEndpoint(threadId, (endpoint) => this.#calls.call(endpoint, call, schema));
  }

  /** Requests are idempotent, so one that did not reach the right runner is sent again after resolving the endpoint. */
  async #withEndpoint<Value>(
    threadId: string,
    use: (endpoint: RunnerEndpoint) => Promise<CallResult<Value>>,
  ): Promise<CallResult<Value>> {
    const known = this.#movedThreads.get(threadId) ?? this.#endpoint;
    const first = known === null ? null : await use(known);
    if (known !== null && first !== null && !isStale(first)) return first;
    this.#movedThreads.delete(threadId);
    const resolved = await this.#resolveEndpoint();
    if (!resolved.ok) return resolved;
    const second = await use(resolved.value);
    const address = second.ok ? undefined : second.error.address;
    if (address === undefined) return second;
    const moved = { ...resolved.value, address };
    this.#movedThreads.set(threadId, moved);
    return use(moved);
  }

  #resolveEndpoint(): Promise<CallResult<RunnerEndpoint>> {
    this.#pendingEndpoint ??= ensureRunner(this.#calls, this.#options)
      .then((resolved) => {
        this.#endpoint = resolved.ok ? resolved.value : null;
        return resolved;
      })
      .finally(() => {
        this.#pendingEndpoint = null;
      });
    return this.#pendingEndpoint;
  }
}

/** Whether the runner is no longer there, or no longer the right one. */
const isStale = (result: CallResult<unknown>): boolean =>
  !result.ok &&
  ['unreachable', 'retiring', 'thread_elsewhere', 'unauthorized', 'stopping'].includes(
    result.error.code,
  );
