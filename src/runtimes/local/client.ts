import { z } from 'zod';
import type { ToolAnswer } from '../../permissions/tool-request.ts';
import { ownersOfThreads } from './older-runners.ts';
import {
  type LocalThread,
  type LocalTurn,
  localThreadSchema,
  localTurnSchema,
  type RunnerInfo,
  resumePromptSchema,
  runnerPaths,
  type StopAnswer,
  stopAnswerSchema,
  threadListSchema,
} from './protocol.ts';
import { type Call, type CallAnswer, type RunnerPlace, SocketCalls } from './socket-calls.ts';
import type { StartThread, StartTurn } from './start-requests.ts';
import { answering, askInfo, ensureRunner, readSecret, type StartOptions } from './start-runner.ts';

/** Ending all threads takes up to 12 s for each, all at once, and some more to write that down. */
const STOP_DEADLINE_MS = 60_000;
const anything = z.unknown();

/**
 * The daemon's side of the runner. Every call starts a runner where none answers; a thread that an older runner still
 * has in its hands is asked for there.
 */
export class RunnerClient {
  readonly #calls = new SocketCalls();
  readonly #options: StartOptions;
  readonly #elsewhere = new Map<string, RunnerPlace>();
  #place: RunnerPlace | null = null;
  #finding: Promise<CallAnswer<RunnerPlace>> | null = null;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  startThread(threadId: string, body: StartThread): Promise<CallAnswer<LocalTurn>> {
    const call = { method: 'PUT', path: runnerPaths.thread(threadId), body } as const;
    return this.#onThread(threadId, call, localTurnSchema);
  }

  startTurn(threadId: string, body: StartTurn): Promise<CallAnswer<LocalTurn>> {
    const path = runnerPaths.turn(threadId, body.turn.turnId);
    return this.#onThread(threadId, { method: 'PUT', path, body }, localTurnSchema);
  }

  readThread(threadId: string): Promise<CallAnswer<LocalThread>> {
    const call = { method: 'GET', path: runnerPaths.thread(threadId) } as const;
    return this.#onThread(threadId, call, localThreadSchema);
  }

  readTurn(threadId: string, turnId: string): Promise<CallAnswer<LocalTurn>> {
    const call = { method: 'GET', path: runnerPaths.turn(threadId, turnId) } as const;
    return this.#onThread(threadId, call, localTurnSchema);
  }

  cancel(threadId: string, turnId: string): Promise<CallAnswer<unknown>> {
    const path = runnerPaths.cancel(threadId, turnId);
    return this.#onThread(threadId, { method: 'POST', path, body: {} }, anything);
  }

  answerRequest(
    threadId: string,
    turnId: string,
    requestId: string,
    answer: ToolAnswer,
  ): Promise<CallAnswer<unknown>> {
    const path = runnerPaths.request(threadId, turnId, requestId);
    return this.#onThread(threadId, { method: 'POST', path, body: answer }, anything);
  }

  async resumePrompt(threadId: string, turnId: string): Promise<CallAnswer<string>> {
    const path = runnerPaths.resumePrompt(threadId, turnId);
    const answer = await this.#onThread(threadId, { method: 'GET', path }, resumePromptSchema);
    return answer.ok ? { ok: true, value: answer.value.prompt } : answer;
  }

  acknowledge(threadId: string, upTo: number): Promise<CallAnswer<unknown>> {
    const path = runnerPaths.acknowledge(threadId);
    return this.#onThread(threadId, { method: 'POST', path, body: { upTo } }, anything);
  }

  closeThread(threadId: string, removeWorktree: boolean): Promise<CallAnswer<unknown>> {
    const path = runnerPaths.close(threadId);
    return this.#onThread(threadId, { method: 'POST', path, body: { removeWorktree } }, anything);
  }

  /** The bytes of a turn's lines, from behind `after`. */
  async items(
    threadId: string,
    turnId: string,
    after: number,
    signal: AbortSignal,
  ): Promise<CallAnswer<AsyncIterable<Buffer>>> {
    const path = runnerPaths.items(threadId, turnId, after);
    return this.#withPlace(threadId, (place) => this.#calls.open(place, path, signal));
  }

  /**
   * Null when none runs; asking starts none. Of the runner that takes new threads where there is one, otherwise of an older
   * one; `openThreads` counts those of all.
   */
  async info(): Promise<RunnerInfo | null> {
    const answers = await Promise.all(
      (await this.#places()).map((place) => askInfo(this.#calls, place)),
    );
    const infos = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
    const shown = infos.find(({ isRetiring }) => !isRetiring) ?? infos[0];
    if (shown === undefined) return null;
    return { ...shown, openThreads: infos.reduce((sum, { openThreads }) => sum + openThreads, 0) };
  }

  /** Threads that runners of this home have in their hands; none when none runs. */
  async threads(): Promise<readonly LocalThread[]> {
    const call = { method: 'GET', path: runnerPaths.threads } as const;
    const answers = await Promise.all(
      (await this.#places()).map((place) => this.#calls.call(place, call, threadListSchema)),
    );
    return answers.flatMap((answer) => (answer.ok ? answer.value.threads : []));
  }

  /** Ends all local agents, and then the runners; null when none runs. */
  async stopAll(): Promise<CallAnswer<StopAnswer> | null> {
    const places = await this.#places();
    if (places.length === 0) return null;
    const answers = await Promise.all(places.map((place) => this.#stop(place)));
    const failed = answers.find((answer) => !answer.ok);
    if (failed !== undefined) return failed;
    const told = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
    const ended = told.reduce((sum, answer) => sum + answer.ended, 0);
    return { ok: true, value: { ended, survivors: told.flatMap(({ survivors }) => survivors) } };
  }

  #stop(place: RunnerPlace): Promise<CallAnswer<StopAnswer>> {
    const path = runnerPaths.stop;
    const call = { method: 'POST', path, body: {}, deadlineMs: STOP_DEADLINE_MS } as const;
    return this.#calls.call(place, call, stopAnswerSchema);
  }

  /** The runner that takes new threads, and older ones that still have some. */
  async #places(): Promise<readonly RunnerPlace[]> {
    const { home } = this.#options;
    const secret = readSecret(home);
    if (secret === null) return [];
    const current = await answering(this.#calls, home);
    const addresses = new Set(await ownersOfThreads(home));
    if (current !== null) addresses.add(current.place.address);
    return [...addresses].map((address) => ({ address, secret }));
  }

  close(): Promise<void> {
    return this.#calls.close();
  }

  #onThread<Schema extends z.ZodType>(
    threadId: string,
    call: Call,
    schema: Schema,
  ): Promise<CallAnswer<z.output<Schema>>> {
    return this.#withPlace(threadId, (place) => this.#calls.call(place, call, schema));
  }

  /** Every request is safe to repeat, so one that met nobody is sent again, once a runner is there. */
  async #withPlace<Value>(
    threadId: string,
    use: (place: RunnerPlace) => Promise<CallAnswer<Value>>,
  ): Promise<CallAnswer<Value>> {
    const known = this.#elsewhere.get(threadId) ?? this.#place;
    const first = known === null ? null : await use(known);
    if (known !== null && first !== null && !isStale(first)) return first;
    this.#elsewhere.delete(threadId);
    const found = await this.#find();
    if (!found.ok) return found;
    const second = await use(found.value);
    const address = second.ok ? undefined : second.error.address;
    if (address === undefined) return second;
    const elsewhere = { ...found.value, address };
    this.#elsewhere.set(threadId, elsewhere);
    return use(elsewhere);
  }

  #find(): Promise<CallAnswer<RunnerPlace>> {
    this.#finding ??= ensureRunner(this.#calls, this.#options)
      .then((found) => {
        this.#place = found.ok ? found.value : null;
        return found;
      })
      .finally(() => {
        this.#finding = null;
      });
    return this.#finding;
  }
}

/** Nobody is there anymore, or someone who sends us on. */
const isStale = (answer: CallAnswer<unknown>): boolean =>
  !answer.ok &&
  ['unreachable', 'retiring', 'thread_elsewhere', 'unauthorized', 'stopping'].includes(
    answer.error.code,
  );
