import { join } from 'node:path';
import { fileSystemFailure } from '../../lib/expected-failure.ts';
import type { ToolAnswer } from '../../permissions/tool-request.ts';
import type { LocalThread, LocalTurn } from '../../runtimes/local/protocol.ts';
import type { StartThread, StartTurn } from '../../runtimes/local/start-requests.ts';
import type { TurnEnd } from '../harness/harness.ts';
import type { LogRecord } from '../log/record.ts';
import { LogClosed, LogRefused, ThreadLog } from '../log/thread-log.ts';
import type { ProcessRow } from '../processes/process-row.ts';
import { recoverThread } from '../recover/recover-thread.ts';
import { refuseAnswer } from './answer-request.ts';
import type { Secrets, ThreadContext, ThreadRequest, TurnRequest } from './context.ts';
import { finishTurn } from './finish-turn.ts';
import { type Answer, diskRefusal, refusal } from './refusal.ts';
import { requestHash } from './request-hash.ts';
import { runTurn } from './run-turn.ts';
import { type StopReason, StopSignal } from './stop-signal.ts';
import { ThreadHost } from './thread-host.ts';
import type { ThreadShell } from './thread-shell.ts';
import { emptyThread, evolve, openTurn, type ThreadState, turnOf } from './thread-state.ts';
import { viewThread, viewTurn } from './turn-view.ts';

/**
 * One thread: what may be asked of it, and the turn that is in progress. Its log decides what is true; this object is
 * thrown away at any moment and made again from it.
 */
export class Thread implements ThreadShell {
  readonly threadId: string;
  readonly folder: string;
  readonly log: ThreadLog;
  readonly #context: ThreadContext;
  readonly #host: ThreadHost;
  #state: ThreadState;
  #running: { readonly stop: StopSignal; readonly done: Promise<void> } | null = null;
  /** Of the agent's shell; a further turn need not bring them again. In memory alone. */
  #variables: Secrets['variables'];
  /** As the newest turn brought it: addresses and programs may change while a thread lives. In memory alone. */
  #connection: ThreadRequest['connection'];
  /** Requests that change something are decided one after the other. */
  #turnstile: Promise<unknown> = Promise.resolve();

  private constructor(
    context: ThreadContext,
    place: Pick<ThreadShell, 'threadId' | 'folder'>,
    log: ThreadLog,
    state: ThreadState,
  ) {
    this.threadId = place.threadId;
    this.folder = place.folder;
    this.log = log;
    this.#context = context;
    this.#state = state;
    this.#host = new ThreadHost(context, this);
  }

  /** Opens a thread from its log. What a runner before this one left undone is brought to its end in the background. */
  static async open(
    context: ThreadContext,
    place: Pick<ThreadShell, 'threadId' | 'folder'>,
  ): Promise<Thread> {
    let state = emptyThread;
    let thread: Thread | null = null;
    const log = await ThreadLog.open(
      join(place.folder, 'log.ndjson'),
      (stored) => {
        if (thread === null) state = evolve(state, stored);
        else thread.#state = evolve(thread.#state, stored);
      },
      context.logOptions,
    );
    if (log.damagedCopy !== null)
      context.say(
        `${place.threadId}: the log was damaged; the whole file is kept as ${log.damagedCopy}`,
      );
    thread = new Thread(context, place, log, state);
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

  /** Neither works nor holds a process. */
  get isAtRest(): boolean {
    return this.isIdle && !this.#host.isAlive;
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

  /** Begins the thread with its first turn. The same request again gets the same answer and begins nothing. */
  start(request: StartThread): Promise<Answer<LocalTurn>> {
    const { thread, turn, secrets } = request;
    // How the provider is reached is looked up for every request, also for one that is repeated.
    const { connection: _, ...asked } = thread;
    const hash = requestHash({ thread: asked, turn, mcpServers: secrets.mcpServers });
    return this.#inOrder(async () => {
      const { start } = this.#state;
      if (start !== null) return this.#repeated(start.requestHash === hash, turn.turnId);
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

  startTurn({ turn, secrets, connection }: StartTurn): Promise<Answer<LocalTurn>> {
    const hash = requestHash({ turn, mcpServers: secrets.mcpServers });
    return this.#inOrder(async () => {
      if (this.#state.start === null) return refusal('not_found', 'There is no such thread.');
      const known = turnOf(this.#state, turn.turnId);
      if (known !== undefined) return this.#repeated(known.requestHash === hash, turn.turnId);
      if (this.#state.isClosed) return refusal('closed', 'This thread was closed.');
      if (!this.isIdle) return refusal('busy', 'The thread has a turn in progress.');
      this.#connection = connection ?? this.#connection;
      return this.#accept(turn, secrets, hash);
    });
  }

  /** Ends the turn and everything that it has started. Answers at once; the end of the turn confirms it. */
  async cancel(turnId: string): Promise<Answer<null>> {
    const turn = turnOf(this.#state, turnId);
    if (turn === undefined) return refusal('not_found', 'There is no such turn.');
    if (turn.phase.kind === 'ended') return { ok: true, value: null };
    // Not waited for: a full disk must not keep an agent running.
    void this.record({ type: 'cancel', at: this.#context.now(), turnId }).catch(ignoreClosed);
    this.#running?.stop.stop({ kind: 'cancelled' });
    return { ok: true, value: null };
  }

  /** Lets the tool call that waits for it continue, or not. On disk before anyone acts upon it. */
  answerRequest(turnId: string, requestId: string, answer: ToolAnswer): Promise<Answer<null>> {
    return this.#inOrder(async () => {
      const refused = refuseAnswer(turnOf(this.#state, turnId), requestId, answer);
      if (refused !== null) return refused;
      const at = this.#context.now();
      await this.record({ type: 'request-answered', at, turnId, requestId, answer });
      this.#host.answer(turnId, requestId, answer);
      return { ok: true, value: null };
    });
  }

  async acknowledge(upTo: number): Promise<Answer<null>> {
    if (upTo > this.#state.acknowledgedUpTo)
      await this.log.append({ type: 'acknowledged', at: this.#context.now(), upTo });
    return { ok: true, value: null };
  }

  /** Nothing more will be asked of the thread. Its branch stays. */
  close(removeWorktree: boolean): Promise<Answer<null>> {
    return this.#inOrder(async () => {
      if (!this.isIdle) return refusal('busy', 'The thread has a turn in progress.');
      await this.#host.end('the thread was closed');
      const { workspace, isClosed } = this.#state;
      if (!isClosed) await this.record({ type: 'closed', at: this.#context.now() });
      if (!removeWorktree || workspace === null) return { ok: true, value: null };
      const removed = await this.#context.workspaces.removeWorktree(workspace);
      return removed.ok ? { ok: true, value: null } : refusal('conflict', removed.error.message);
    });
  }

  /** Stops the turn that is in progress. Resolves when it has ended; answers with processes that would not end. */
  async stop(reason: StopReason): Promise<readonly ProcessRow[]> {
    this.#running?.stop.stop(reason);
    await this.#running?.done;
    return this.#host.end('the runner ends');
  }

  /** @throws LogClosed to whoever still waits for the disk */
  dispose(): Promise<void> {
    return this.log.close();
  }

  #inOrder<Value>(decide: () => Promise<Value>): Promise<Value> {
    const decision = this.#turnstile.then(decide);
    this.#turnstile = decision.catch(() => undefined); // Whoever asked hears of it.
    return decision;
  }

  #repeated(isSame: boolean, turnId: string): Answer<LocalTurn> {
    const turn = isSame ? this.viewTurn(turnId) : null;
    if (turn !== null) return { ok: true, value: turn };
    return refusal('conflict', 'This id was already used with another request.');
  }

  async #accept(
    turn: TurnRequest,
    secrets: Secrets,
    hash: string,
    ...before: readonly LogRecord[]
  ): Promise<Answer<LocalTurn>> {
    const { turnId, prompt, purpose } = turn;
    const at = this.#context.now();
    const record = { type: 'turn' as const, at, turnId, requestHash: hash, prompt, purpose };
    try {
      await this.log.appendOrFail(...before, record);
    } catch (error) {
      if (!(error instanceof LogRefused)) throw error;
      return diskRefusal(error);
    }
    this.#variables = secrets.variables ?? this.#variables;
    const all = { ...secrets, ...(this.#variables && { variables: this.#variables }) };
    const connection = this.#connection;
    const run = { context: this.#context, shell: this, host: this.#host, turn, connection };
    this.#run(turnId, (stop) => runTurn({ ...run, secrets: all, stop }));
    const accepted = this.viewTurn(turnId);
    if (accepted === null) throw new Error('A turn that was stored is not there');
    return { ok: true, value: accepted };
  }

  #recover(): void {
    const turn = openTurn(this.#state);
    if (turn === undefined && this.#state.first === null) return;
    this.#run(turn?.turnId ?? null, () => recoverThread(this.#context, this, this.#host));
  }

  /** Lets a turn run to its end. Whatever goes wrong here is our fault, and ends this turn alone. */
  #run(turnId: string | null, work: (stop: StopSignal) => Promise<TurnEnd | null>): void {
    const stop = new StopSignal();
    const done = this.#toItsEnd(turnId, work(stop));
    this.#running = { stop, done };
    void done.finally(() => {
      this.#running = null;
      this.#host.release();
    });
  }

  async #toItsEnd(turnId: string | null, work: Promise<TurnEnd | null>): Promise<void> {
    try {
      const end = await work.catch((error: unknown) => this.#fault(error));
      if (end !== null && turnId !== null) await finishTurn(this.#context, this, turnId, end);
    } catch (error) {
      if (!(error instanceof LogClosed)) this.#context.say(`${this.threadId}: ${describe(error)}`);
    }
  }

  async #fault(error: unknown): Promise<TurnEnd> {
    if (error instanceof LogClosed) throw error;
    this.#context.say(`${this.threadId}: ${describe(error)}`);
    await this.#host.end('something went wrong in the runner');
    const ofSystem = fileSystemFailure(error);
    if (ofSystem !== null) return { status: 'ERROR', failure: ofSystem };
    const message = `Something went wrong in the runner: ${error instanceof Error ? error.message : String(error)}`;
    return { status: 'ERROR', failure: { code: 'internal', message } };
  }
}

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

function ignoreClosed(error: unknown): void {
  if (!(error instanceof LogClosed)) throw error;
}
