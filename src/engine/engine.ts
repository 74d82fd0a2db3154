import type { Effect } from '../session/effects.ts';
import { type Failure, isTranscript } from '../session/events.ts';
import type { SessionId } from '../session/ids.ts';
import { locationOf, runtimeOf } from '../session/run-location.ts';
import type { SessionState } from '../session/state.ts';
import { heldReasons } from '../session/status/session-status.ts';
import type { AgentId } from '../workflow/ids.ts';
import type { Engine, Outcome, WorkInProgress } from './api.ts';
import type { EngineContext } from './context.ts';
import { failureOf } from './failure.ts';
import { bootstrapSessions, holdIfNotOwned } from './recover/bootstrap.ts';
import { flagSilent } from './recover/flag-silent.ts';
import { reconcileLaunch, unansweredLaunches } from './recover/reconcile-launch.ts';
import { cancelLateArrivals, findOrphans } from './recover/reconcile-orphans.ts';
import { openTurns, type ReadTurn, reconcileTurn } from './recover/reconcile-turn.ts';
import { adoptAgent } from './start/adopt.ts';
import { preflight } from './start/preflight.ts';
import { startSession } from './start/start.ts';
import { AccountMonitor } from './supervise/account-monitor.ts';
import { cancel, followUp, retry } from './supervise/actions.ts';
import { answerQuestion } from './supervise/answer-question.ts';
import { answerToolRequest } from './supervise/answer-tool-request.ts';
import { changeBudget } from './supervise/change-budget.ts';
import { closeThreads } from './supervise/close-threads.ts';
import { dismiss, restore } from './supervise/dismissal.ts';
import { giveFeedback } from './supervise/feedback.ts';
import { needsAccount, ownershipConflict } from './supervise/ownership.ts';
import { refetch } from './supervise/refetch.ts';
import { Supervisor } from './supervise/supervisor.ts';
import { watchForWake } from './supervise/wake-detector.ts';

/** Work that may be waiting for the network or a key, and is retried at once when one of them changes. */
const DUE_ON_CHANGE = new Set([
  'launch',
  'intend-launch',
  'follow',
  'cancel-run',
  'send-follow-up',
] as const);
const reconnectTo: ReadTurn = (runtime, threadId, turnId) => runtime.reconnect(threadId, turnId);
const RECONCILE_EVERY_MS = 10 * 60 * 1000;
/** Events that free or lend a slot, so that waiting sessions can start their next agents. */
const FREES_A_SLOT = new Set(['RunEnded', 'LaunchRejected', 'AgentSettled', 'ToolRequested']);
/** Work that may be waiting for a slot, or for a folder that agents share. */
const WAITS_FOR_A_SLOT = new Set(['intend-launch', 'send-follow-up'] as const);

/** Connects the pure session core to the journal, to runtimes and to time. There is one engine for each journal. */
export function createEngine(context: EngineContext): Engine {
  const account = new AccountMonitor(context);
  const conflictOf = (state: SessionState) => ownershipConflict(context, state, account.identity);
  const supervisor = new Supervisor(
    context,
    (state, effect) =>
      !needsAccount(state, effect) || (!account.isUnverified && conflictOf(state) === null),
  );
  const stopping = new AbortController();
  /** Sessions that have been reconciled since the start. Nothing is launched for others. */
  const admitted = new Set<SessionId>();
  const admit = (id: SessionId): void => {
    admitted.add(id);
    supervisor.enqueue(id);
  };
  const stopListening = context.journal.onCommitted((events) => {
    const touched = new Set<SessionId>();
    for (const { sessionId, event } of events) {
      if (isTranscript(event)) continue;
      if (admitted.has(sessionId)) touched.add(sessionId);
      if (FREES_A_SLOT.has(event.type)) supervisor.runNow(WAITS_FOR_A_SLOT);
      // A rejected call means that the state of the key may have changed.
      if ('failure' in event && event.failure?.code === 'unauthorized') void account.refresh();
    }
    supervisor.enqueue(...touched);
  });
  void watchForWake(context.clock, stopping.signal, () => {
    context.log.info({}, 'Woke up, or the clock was changed: reconnecting all streams');
    for (const runtime of context.runtimes()) runtime.wake();
    supervisor.runNow(DUE_ON_CHANGE);
    void account.refresh();
  });

  const stateOf = (id: SessionId): SessionState | undefined => context.journal.state(id);

  /** Agents on this machine need no license. */
  const licenseFor = (id: SessionId, agentId: AgentId) => {
    const state = stateOf(id);
    const isInCloud = state === undefined || locationOf(runtimeOf(state, agentId)) === 'cloud';
    return isInCloud ? context.mayStartCloudRuns() : ({ ok: true } as const);
  };

  /** Runs an action on an existing session, then processes what the action stored. */
  const act = async (
    id: SessionId,
    action: (state: SessionState) => Failure | null,
  ): Promise<Outcome<void>> => {
    const state = stateOf(id);
    if (state === undefined) return { ok: false, error: unknownSession(id) };
    const error = action(state);
    if (error !== null) return { ok: false, error };
    admit(id);
    return { ok: true, value: undefined };
  };

  let refetches = 0;
  return {
    async bootstrapCloudResume() {
      const identifyAccount = () => account.refresh();
      const { signal } = stopping;
      const isAdmitted = (id: SessionId) => admitted.has(id);
      await bootstrapSessions(context, { admit, isAdmitted, conflictOf, identifyAccount, signal });
      void reconcilePeriodically(context, stopping.signal);
    },
    preflight: (request) => preflight(context, request),
    async start(request) {
      const started = await startSession(context, request, account);
      if (started.ok) admit(started.value.sessionId);
      return started;
    },
    async reconnect(id) {
      const state = stateOf(id);
      if (state === undefined) return { ok: false, error: unknownSession(id) };
      const obstacle = conflictOf(state);
      if (obstacle !== null) return { ok: false, error: heldReasons[obstacle] };
      const before = context.journal.lastPosition;
      // The user wants an answer now, so pauses that Cursor requested end.
      for (const runtime of context.runtimes()) runtime.endPauses?.();
      for (const launch of unansweredLaunches(state, true)) {
        await reconcileLaunch(context, state, launch);
      }
      for (const open of openTurns(state, true)) {
        await reconcileTurn(context, state, open, reconnectTo, () => admitted.has(id));
      }
      if (stateOf(id)?.phase.kind === 'held')
        context.journal.append(id, [{ type: 'SessionResumed' }]);
      supervisor.runNow();
      admit(id);
      return { ok: true, value: { changed: context.journal.lastPosition !== before } };
    },
    cancel: (id, agentId) => act(id, (state) => cancel(context, state, agentId)),
    retry: async (id, agentId) => {
      const license = licenseFor(id, agentId);
      return license.ok ? act(id, (state) => retry(context, state, agentId)) : license;
    },
    answer: async (id, given) => act(id, (state) => answerQuestion(context, state, given)),
    answerToolRequest: async (id, given) =>
      act(id, (state) => answerToolRequest(context, state, given)),
    feedback: async (id, given) => act(id, (state) => giveFeedback(context, state, given)),
    changeBudget: async (id, budget, by) =>
      act(id, (state) => changeBudget(context, state, budget, by)),
    followUp: async (id, agentId, text, options) => {
      const license = licenseFor(id, agentId);
      return license.ok
        ? act(id, (state) => followUp(context, state, agentId, text, options))
        : license;
    },
    async dismiss(ids) {
      const dismissed = await dismiss(context, ids);
      // Not awaited: threads that cannot be closed now are cleaned up later.
      if (dismissed.ok) void closeThreads(context, dismissed.value.dismissed);
      return dismissed;
    },
    restore: (ids) => restore(context, ids),
    async refetchArtifacts(id, agentId?: AgentId) {
      const state = stateOf(id);
      if (state === undefined) return { ok: false, error: unknownSession(id) };
      refetches += 1;
      try {
        return await refetch(context, state, agentId, stopping.signal);
      } finally {
        refetches -= 1;
      }
    },
    async orphans() {
      const found = await findOrphans(context);
      if (!found.ok) return { ok: false, error: failureOf(found.error) };
      const value = found.value.map(({ record, sessionId }) => ({
        cursorAgentId: record.threadId,
        name: record.name ?? record.threadId,
        createdAt: record.createdAt ?? null,
        sessionId,
      }));
      return { ok: true, value };
    },
    async adopt(threadId) {
      const adopted = await adoptAgent(context, threadId, account.identity);
      if (adopted.ok) admit(adopted.value.sessionId);
      return adopted;
    },
    workInProgress: () => [
      ...(refetches > 0 ? (['fetching-artifacts'] as const) : []),
      ...supervisor.runningKinds.flatMap((kind) => workByEffect[kind] ?? []),
    ],
    backendState: () => account.state,
    async changeCredentials(change) {
      const result = await account.changeKey(change);
      for (const row of context.journal.sessions({
        isSettled: false,
        includeDismissed: true,
        limit: 10_000,
      }).rows) {
        holdIfNotOwned(context, row.state, conflictOf(row.state));
      }
      supervisor.runNow(DUE_ON_CHANGE);
      return result;
    },
    async stop() {
      stopping.abort();
      stopListening();
      await supervisor.stop();
    },
  };
}

const workByEffect: Readonly<Partial<Record<Effect['kind'], WorkInProgress>>> = {
  launch: 'launching',
  'resolve-launch': 'launching',
  'intend-resume': 'following-up',
  'send-follow-up': 'following-up',
  'hand-off': 'handing-off',
  'collect-artifacts': 'fetching-artifacts',
  'cancel-run': 'cancelling',
};

/** Periodically cancels agents whose launch arrived late, and reconciles runs that were silent for a day. */
async function reconcilePeriodically(context: EngineContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await cancelLateArrivals(context);
      await flagSilent(context);
    } catch (error) {
      context.log.error({ err: error }, 'Could not compare the journal with Cursor');
    }
    await context.clock.sleep(RECONCILE_EVERY_MS, signal);
  }
}

function unknownSession(id: SessionId): Failure {
  return {
    code: 'session_unknown',
    message: `There is no session ${id}.`,
    suggestion: 'List them with `cerevisor sessions --all`.',
  };
}
