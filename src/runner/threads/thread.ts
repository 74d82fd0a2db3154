import { join } from 'node:path';

import type { ToolAnswer } from '../../permissions/tool-request.ts';
import type { LocalThread, LocalTurn } from '../../runtimes/local/protocol.ts';
import type { StartThread, StartTurn } from '../../runtimes/local/start-requests.ts';
import type { TurnEnd } from '../harness/harness.ts';
import type { LogRecord } from '../log/record.ts';
import { LogClosed, LogWriteFailed, ThreadLog } from '../log/thread-log.ts';
import type { ProcessRow } from '../processes/process-row.ts';
import { recoverThread } from '../recover/recover-thread.ts';
import { checkAnswer } from './check-answer.ts';
import type { Secrets, ThreadContext, ThreadRequest, TurnRequest } from './context.ts';
import { finishTurn } from './finish-turn.ts';
import { internalFailure, stackOf } from './internal-error.ts';
import { requestHash } from './request-hash.ts';
import { diskFull, failed, type Result } from './result.ts';
import { runTurn } from './run-turn.ts';
import { type StopReason, StopSignal } from './stop-signal.ts';
import type { ThreadAccess } from './thread-access.ts';
import { ThreadHost } from './thread-host.ts';
import { emptyThread, evolve, openTurn, type ThreadState, turnOf } from './thread-state.ts';
import { viewThread, viewTurn } from './turn-view.ts';

/**
 * One thread: its requests, and the turn in progress. All state is in its log; the object can be discarded at any time
 * and restored from there.
 */
export class Thread implements ThreadAccess {
  readonly threadId: string;
  readonly folder: string;
  readonly log: ThreadLog;
  readonly #context: ThreadContext;
  readonly #host: ThreadHost;
  #state: ThreadState;
  #running: { readonly stop: StopSignal; readonly done: Promise<void> } | null = null;
  /** Environment variables of the agent's shell, kept for further turns. In memory only. */
  #variables: Secrets['variables'];
  /**
   * The connection of the newest turn: addresses and programs may change during the life of a thread. In memory only.
   */
  #connection: ThreadRequest['connection'];
  /** Serializes the requests that change the thread. */
  #lastRequest: Promise<unknown> = Promise.resolve();

  private constructor(
    context: ThreadContext,
    location: Pick<ThreadAccess, 'threadId' | 'folder'>,
    log: ThreadLog,
    state: ThreadState,
  ) {
    this.threadId = location.threadId;
    this.folder = location.folder;
    this.log = log;
    this.#context = context;
    this.#state = state;
    this.#host = new ThreadHost(context, this);
  }

  /** Loads a thread from its log. A turn that an earlier runner left unfinished is recovered in the background. */
  static async open(
    context: ThreadContext,
    location: Pick<ThreadAccess, 'threadId' | 'folder'>,
  ): Promise<Thread> {
    let state = emptyThread;
    let thread: Thread | null = null;
    const log = await ThreadLog.open(
      join(location.folder, 'log.ndjson'),
      (stored) => {
        if (thread === null) state = evolve(state, stored);
        else thread.#state = evolve(thread.#state, stored);
      },
      context.threadLogOptions,
    );
    if (log.corruptCopy !== null)
      context.log(
        `${location.threadId}: the log was damaged; the whole file is kept as ${log.corruptCopy}`,
      );
    thread = new Thread(context, location, log, state);
    thread.#recover();
    return thread;
  }

  get state(): ThreadState {
    return this.#state;
  }

  get storeFolder(): string {
    return join(this.folder, 'store');
  }

  get isIdle(): boolean {
    return this.#running === null && openTurn(this.#state) === undefined;
  }

  /** No turn is in progress and no process is kept. */
  get isQuiescent(): boolean {
    return this.isIdle && !this.#host.hasProcess;
  }

  record(...records: readonly LogRecord[]): Promise<unknown> {
    return this.log.append(...records);
  }

  view(): LocalThread | null {
    return viewThread(this.#state, this.#host.rssBytes);
  }

  viewTurn(turnId: string): LocalTurn | null {
    const turn = turnOf(this.#state, turnId);
    return turn === undefined ? null : viewTurn(this.threadId, turn, this.#state.workspace);
  }

  /** Starts the thread with its first turn. A repeated request gets the same result and starts nothing. */
  start(request: StartThread): Promise<Result<LocalTurn>> {
    const { thread, turn, secrets } = request;
    // The connection is resolved anew for every request, repeated ones included, so it is not part of the hash.
    const { connection: _, ...identity } = thread;
    const hash = requestHash({ thread: identity, turn, mcpServers: secrets.mcpServers });
    return this.#serialize(async () => {
      const { start } = this.#state;
      if (start !== null)
        return this.#repeatedRequest(turn.turnId, { isSame: start.requestHash === hash });
      const at = this.#context.now();
      return this.#accept(turn, secrets, hash, {
        type: 'thread',
        at,
        threadId: this.threadId,
        requestHash: hash,
        thread,
      });
    });
  }

  startTurn({ turn, secrets, connection }: StartTurn): Promise<Result<LocalTurn>> {
    const hash = requestHash({ turn, mcpServers: secrets.mcpServers });
    return this.#serialize(async () => {
      if (this.#state.start === null) return failed('not_found', 'There is no such thread.');
      const existing = turnOf(this.#state, turn.turnId);
      if (existing !== undefined)
        return this.#repeatedRequest(turn.turnId, { isSame: existing.requestHash === hash });
      if (this.#state.isClosed) return failed('closed', 'This thread was closed.');
      if (!this.isIdle) return failed('busy', 'The thread has a turn in progress.');
      this.#connection = connection ?? this.#connection;
      return this.#accept(turn, secrets, hash);
    });
  }

  /**
   * Requests the end of the turn and of everything that it has started. Returns at once; the end of the turn confirms
   * it.
   */
  async cancel(turnId: string): Promise<Result<null>> {
    const turn = turnOf(this.#state, turnId);
    if (turn === undefined) return failed('not_found', 'There is no such turn.');
    if (turn.phase.kind === 'ended') return { ok: true, value: null };
    // Not awaited: a full disk must not keep an agent running.
    void this.record({ type: 'cancel', at: this.#context.now(), turnId }).catch(ignoreClosed);
    this.#running?.stop.stop({ kind: 'cancelled' });
    return { ok: true, value: null };
  }

  /** Answers the request of a tool call. The answer is on disk before the call continues. */
  answerRequest(turnId: string, requestId: string, answer: ToolAnswer): Promise<Result<null>> {
    return this.#serialize(async () => {
      const rejected = checkAnswer(turnOf(this.#state, turnId), requestId, answer);
      if (rejected !== null) return rejected;
      const at = this.#context.now();
      await this.record({ type: 'request-answered', at, turnId, requestId, answer });
      this.#host.answer(turnId, requestId, answer);
      return { ok: true, value: null };
    });
  }

  async acknowledge(upTo: number): Promise<Result<null>> {
    if (upTo > this.#state.acknowledgedUpTo)
      await this.log.append({ type: 'acknowledged', at: this.#context.now(), upTo });
    return { ok: true, value: null };
  }

  /** Closes the thread for further turns. Its branch stays. */
  close({ removeWorktree }: { readonly removeWorktree: boolean }): Promise<Result<null>> {
    return this.#serialize(async () => {
      if (!this.isIdle) return failed('busy', 'The thread has a turn in progress.');
      await this.#host.end('the thread was closed');
      const { workspace, isClosed } = this.#state;
      if (!isClosed) await this.record({ type: 'closed', at: this.#context.now() });
      if (!removeWorktree || workspace === null) return { ok: true, value: null };
      const removed = await this.#context.workspaces.removeWorktree(workspace);
      return removed.ok ? { ok: true, value: null } : failed('conflict', removed.error.message);
    });
  }

  /** Stops the turn in progress and ends all processes. Returns the processes that could not be ended. */
  async stop(reason: StopReason): Promise<readonly ProcessRow[]> {
    this.#running?.stop.stop(reason);
    await this.#running?.done;
    return this.#host.end('the runner ends');
  }

  /** Records that are still pending are rejected with `LogClosed`. */
  dispose(): Promise<void> {
    return this.log.close();
  }

  #serialize<Value>(handle: () => Promise<Value>): Promise<Value> {
    const handled = this.#lastRequest.then(handle);
    this.#lastRequest = handled.catch(() => undefined); // The caller handles the error.
    return handled;
  }

  #repeatedRequest(turnId: string, { isSame }: { readonly isSame: boolean }): Result<LocalTurn> {
    const turn = isSame ? this.viewTurn(turnId) : null;
    if (turn !== null) return { ok: true, value: turn };
    return failed('conflict', 'This id was already used with another request.');
  }

  async #accept(
    turn: TurnRequest,
    secrets: Secrets,
    hash: string,
    ...before: readonly LogRecord[]
  ): Promise<Result<LocalTurn>> {
    const { turnId, prompt, purpose } = turn;
    const at = this.#context.now();
    const record = { type: 'turn' as const, at, turnId, requestHash: hash, prompt, purpose };
    try {
      await this.log.appendOrFail(...before, record);
    } catch (error) {
      if (!(error instanceof LogWriteFailed)) throw error;
      return diskFull(error);
    }
    this.#variables = secrets.variables ?? this.#variables;
    const allSecrets = { ...secrets, ...(this.#variables && { variables: this.#variables }) };
    const connection = this.#connection;
    const run = { context: this.#context, thread: this, host: this.#host, turn, connection };
    this.#run(turnId, (stop) => runTurn({ ...run, secrets: allSecrets, stop }));
    const accepted = this.viewTurn(turnId);
    if (accepted === null) throw new Error('An accepted turn has no state');
    return { ok: true, value: accepted };
  }

  #recover(): void {
    const turn = openTurn(this.#state);
    if (turn === undefined && this.#state.oldestProcess === null) return;
    this.#run(turn?.turnId ?? null, () => recoverThread(this.#context, this, this.#host));
  }

  /** Runs a turn to its end. An unexpected error ends only this turn. */
  #run(turnId: string | null, work: (stop: StopSignal) => Promise<TurnEnd | null>): void {
    const stop = new StopSignal();
    const done = this.#complete(turnId, work(stop));
    this.#running = { stop, done };
    void done.finally(() => {
      this.#running = null;
      this.#host.release();
    });
  }

  async #complete(turnId: string | null, work: Promise<TurnEnd | null>): Promise<void> {
    try {
      const end = await work.catch((error: unknown) => this.#onInternalError(error));
      if (end !== null && turnId !== null) await finishTurn(this.#context, this, turnId, end);
    } catch (error) {
      if (!(error instanceof LogClosed)) this.#context.log(`${this.threadId}: ${stackOf(error)}`);
    }
  }

  async #onInternalError(error: unknown): Promise<TurnEnd> {
    if (error instanceof LogClosed) throw error;
    this.#context.log(`${this.threadId}: ${stackOf(error)}`);
    await this.#host.end('something went wrong in the runner');
    return { status: 'ERROR', failure: internalFailure(error) };
  }
}

function ignoreClosed(error: unknown): void {
  if (!(error instanceof LogClosed)) throw error;
}
