import type { StoredEvent } from '../journal/types.ts';
import type { TurnOptions } from '../runtimes/turn-requests.ts';
import { type Failure, isTranscript } from '../session/events.ts';
import type { SessionId } from '../session/ids.ts';
import { locationOf, runtimeOf } from '../session/run-location.ts';
import type { SessionState } from '../session/state.ts';
import { heldReasons } from '../session/status/session-status.ts';
import type { AgentId } from '../workflow/ids.ts';
import type {
  Engine,
  Outcome,
  Preflight,
  QuestionAnswer,
  StartRequest,
  ToolRequestAnswer,
  WorkInProgress,
} from './api.ts';
import type { EngineContext } from './context.ts';
import { bootstrapSessions, holdIfNotOwned } from './recover/bootstrap.ts';
import { reconcileLaunch, unansweredLaunches } from './recover/reconcile-launch.ts';
import { listOrphans } from './recover/reconcile-orphans.ts';
import { reconcilePeriodically } from './recover/reconcile-periodically.ts';
import { openTurns, type ReadTurn, reconcileTurn } from './recover/reconcile-turn.ts';
import { unknownSession } from './require-session.ts';
import { adoptAgent } from './start/adopt.ts';
import { preflight } from './start/preflight.ts';
import { startSession } from './start/start.ts';
import { AccountMonitor, type BackendState } from './supervise/account-monitor.ts';
import { cancel, followUp, retry } from './supervise/actions.ts';
import { answerQuestion } from './supervise/answer-question.ts';
import { answerToolRequest } from './supervise/answer-tool-request.ts';
import { changeBudget } from './supervise/change-budget.ts';
import { closeThreads } from './supervise/close-threads.ts';
import { dismiss, restore } from './supervise/dismissal.ts';
import { giveFeedback } from './supervise/feedback.ts';
import { needsAccount, type OwnershipConflict, ownershipConflict } from './supervise/ownership.ts';
import { refetch } from './supervise/refetch.ts';
import { Supervisor } from './supervise/supervisor.ts';
import { watchForWake } from './supervise/wake-detector.ts';
import { workByEffect } from './supervise/work-by-effect.ts';

/** Work that may be waiting for the network or a key, and is retried at once when one of them changes. */
const DUE_ON_CHANGE = new Set([
  'launch',
  'intend-launch',
  'follow',
  'cancel-run',
  'send-follow-up',
] as const);
const reconnectTo: ReadTurn = (runtime, threadId, turnId) => runtime.reconnect(threadId, turnId);
/** Events that free or lend a slot, so that waiting sessions can start their next agents. */
const FREES_A_SLOT = new Set(['RunEnded', 'LaunchRejected', 'AgentSettled', 'ToolRequested']);
/** Work that may be waiting for a slot, or for a folder that agents share. */
const WAITS_FOR_A_SLOT = new Set(['intend-launch', 'intend-resume', 'send-follow-up'] as const);

/** Connects the pure session core to the journal, to runtimes and to time. There is one engine for each journal. */
export const createEngine = (context: EngineContext): Engine => new SessionEngine(context);

class SessionEngine implements Engine {
  readonly #context: EngineContext;
  readonly #account: AccountMonitor;
  readonly #supervisor: Supervisor;
  readonly #stopping = new AbortController();
  readonly #stopListening: () => void;
  /** Sessions that have been reconciled since the start. Nothing is launched for others. */
  readonly #admitted = new Set<SessionId>();
  #refetches = 0;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#account = new AccountMonitor(context);
    this.#supervisor = new Supervisor(
      context,
      (state, effect) =>
        !needsAccount(state, effect) ||
        (!this.#account.isUnverified && this.#conflictOf(state) === null),
    );
    this.#stopListening = context.journal.onCommitted((events) => this.#afterCommit(events));
    void watchForWake(context.clock, this.#stopping.signal, () => this.#afterWake());
  }

  async bootstrapCloudResume(): Promise<void> {
    await bootstrapSessions(this.#context, {
      admit: (id) => this.#admit(id),
      isAdmitted: (id) => this.#admitted.has(id),
      conflictOf: (state) => this.#conflictOf(state),
      identifyAccount: () => this.#account.refresh(),
      signal: this.#stopping.signal,
    });
    void reconcilePeriodically(this.#context, this.#stopping.signal);
  }

  preflight(request: StartRequest): Promise<Preflight> {
    return preflight(this.#context, request);
  }

  async start(request: StartRequest): Promise<Outcome<{ sessionId: SessionId }>> {
    const started = await startSession(this.#context, request, this.#account);
    if (started.ok) this.#admit(started.value.sessionId);
    return started;
  }

  async reconnect(id: SessionId): Promise<Outcome<{ changed: boolean }>> {
    const context = this.#context;
    const state = context.journal.state(id);
    if (state === undefined) return { ok: false, error: unknownSession(id) };
    const conflict = this.#conflictOf(state);
    if (conflict !== null) return { ok: false, error: heldReasons[conflict] };
    const before = context.journal.lastPosition;
    // The user wants an answer now, so pauses that Cursor requested end.
    for (const runtime of context.runtimes()) runtime.endPauses?.();
    for (const launch of unansweredLaunches(state, { includeGivenUp: true })) {
      await reconcileLaunch(context, state, launch);
    }
    const options = { read: reconnectTo, isFollowed: () => this.#admitted.has(id) };
    for (const open of openTurns(state, { includeGivenUp: true })) {
      await reconcileTurn(context, state, open, options);
    }
    if (context.journal.state(id)?.phase.kind === 'held')
      context.journal.append(id, [{ type: 'SessionResumed' }]);
    this.#supervisor.runNow();
    this.#admit(id);
    return { ok: true, value: { changed: context.journal.lastPosition !== before } };
  }

  async cancel(id: SessionId, agentId?: AgentId): Promise<Outcome<void>> {
    return this.#act(id, (state) => cancel(this.#context, state, agentId));
  }

  async retry(id: SessionId, agentId: AgentId): Promise<Outcome<void>> {
    const license = this.#licenseFor(id, agentId);
    return license.ok ? this.#act(id, (state) => retry(this.#context, state, agentId)) : license;
  }

  async answer(id: SessionId, answer: QuestionAnswer): Promise<Outcome<void>> {
    return this.#act(id, (state) => answerQuestion(this.#context, state, answer));
  }

  async answerToolRequest(id: SessionId, answer: ToolRequestAnswer): Promise<Outcome<void>> {
    return this.#act(id, (state) => answerToolRequest(this.#context, state, answer));
  }

  async feedback(id: SessionId, feedback: Parameters<Engine['feedback']>[1]) {
    return this.#act(id, (state) => giveFeedback(this.#context, state, feedback));
  }

  async changeBudget(id: SessionId, budget: Parameters<Engine['changeBudget']>[1], by: string) {
    return this.#act(id, (state) => changeBudget(this.#context, state, budget, by));
  }

  async followUp(id: SessionId, agentId: AgentId, text: string, options?: TurnOptions) {
    const license = this.#licenseFor(id, agentId);
    if (!license.ok) return license;
    const message = { text, ...options };
    return this.#act(id, (state) => followUp(this.#context, state, agentId, message));
  }

  async dismiss(ids: readonly SessionId[]) {
    const dismissed = await dismiss(this.#context, ids);
    // Not awaited: threads that cannot be closed now are cleaned up later.
    if (dismissed.ok) void closeThreads(this.#context, dismissed.value.dismissed);
    return dismissed;
  }

  restore(ids: readonly SessionId[]) {
    return restore(this.#context, ids);
  }

  async refetchArtifacts(id: SessionId, agentId?: AgentId): Promise<Outcome<void>> {
    const state = this.#context.journal.state(id);
    if (state === undefined) return { ok: false, error: unknownSession(id) };
    this.#refetches += 1;
    try {
      return await refetch(this.#context, state, agentId, this.#stopping.signal);
    } finally {
      this.#refetches -= 1;
    }
  }

  orphans(): ReturnType<Engine['orphans']> {
    return listOrphans(this.#context);
  }

  async adopt(threadId: string): Promise<Outcome<{ sessionId: SessionId }>> {
    const adopted = await adoptAgent(this.#context, threadId, this.#account.identity);
    if (adopted.ok) this.#admit(adopted.value.sessionId);
    return adopted;
  }

  workInProgress(): readonly WorkInProgress[] {
    return [
      ...(this.#refetches > 0 ? (['fetching-artifacts'] as const) : []),
      ...this.#supervisor.runningKinds.flatMap((kind) => workByEffect[kind] ?? []),
    ];
  }

  backendState(): BackendState {
    return this.#account.state;
  }

  async changeCredentials<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = await this.#account.changeKey(change);
    const unsettled = { isSettled: false, includeDismissed: true, limit: 10_000 } as const;
    for (const { state } of this.#context.journal.sessions(unsettled).rows) {
      holdIfNotOwned(this.#context, state, this.#conflictOf(state));
    }
    this.#supervisor.runNow(DUE_ON_CHANGE);
    return result;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#stopListening();
    await this.#supervisor.stop();
  }

  #admit(id: SessionId): void {
    this.#admitted.add(id);
    this.#supervisor.enqueue(id);
  }

  #conflictOf(state: SessionState): OwnershipConflict | null {
    return ownershipConflict(this.#context, state, this.#account.identity);
  }

  #afterCommit(events: readonly StoredEvent[]): void {
    const changed = new Set<SessionId>();
    for (const { sessionId, event } of events) {
      if (isTranscript(event)) continue;
      if (this.#admitted.has(sessionId)) changed.add(sessionId);
      if (FREES_A_SLOT.has(event.type)) this.#supervisor.runNow(WAITS_FOR_A_SLOT);
      // A rejected call means that the state of the key may have changed.
      if ('failure' in event && event.failure?.code === 'unauthorized')
        void this.#account.refresh();
    }
    this.#supervisor.enqueue(...changed);
  }

  #afterWake(): void {
    this.#context.log.info({}, 'Woke up, or the clock was changed: reconnecting all streams');
    for (const runtime of this.#context.runtimes()) runtime.wake();
    this.#supervisor.runNow(DUE_ON_CHANGE);
    void this.#account.refresh();
  }

  /** Agents on this machine need no license. */
  #licenseFor(id: SessionId, agentId: AgentId): ReturnType<EngineContext['mayStartCloudRuns']> {
    const state = this.#context.journal.state(id);
    const isInCloud = state === undefined || locationOf(runtimeOf(state, agentId)) === 'cloud';
    return isInCloud ? this.#context.mayStartCloudRuns() : { ok: true };
  }

  /** Runs an action on an existing session, then processes what the action stored. */
  #act(id: SessionId, action: (state: SessionState) => Failure | null): Outcome<void> {
    const state = this.#context.journal.state(id);
    if (state === undefined) return { ok: false, error: unknownSession(id) };
    const error = action(state);
    if (error !== null) return { ok: false, error };
    this.#admit(id);
    return { ok: true, value: undefined };
  }
}
