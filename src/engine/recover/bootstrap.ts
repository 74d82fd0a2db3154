import { forEachLimited } from '../../lib/for-each-limited.ts';
import { decide } from '../../session/decide.ts';
import type { SessionId } from '../../session/ids.ts';
import { locationOf } from '../../session/run-location.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import type { EngineContext } from '../context.ts';
import { requireSession } from '../require-session.ts';
import type { OwnershipConflict } from '../supervise/ownership.ts';
import { reconcileLaunch, unansweredLaunches } from './reconcile-launch.ts';
import { changeConnection, openTurns, readRecord, reconcileTurn } from './reconcile-turn.ts';

const PAGE = 500;
/** Ended sessions as young as this may still have usage or artifacts to be asked for. */
const RECENTLY_ENDED_MS = 24 * 60 * 60 * 1000;
const PARALLEL_READS = 8;
const RETRY_MS = 10_000;

export type Resumption = {
  /** Hands a session to the supervisor. */
  readonly admit: (id: SessionId) => void;
  /** A person may resume a session before the start has got to it. */
  readonly isAdmitted: (id: SessionId) => boolean;
  readonly conflictOf: (state: SessionState) => OwnershipConflict | null;
  /** Resolves when it is known whose key it is, or that Cursor does not say. */
  readonly identifyAccount: () => Promise<void>;
  /** Ends the tries that are repeated. */
  readonly signal: AbortSignal;
};

/**
 * Resumes every unsettled session after a start. First, each turn that was being followed is marked as not followed.
 * Then its runtime is asked about it, the answer is stored, and the session is passed to the supervisor. Sessions are
 * independent: one that Cursor cannot be asked about does not delay the others. With *Resume on launch: ask me*, a
 * session that would launch more agents waits for the user; a session of another account or cloud waits until that one
 * is in use again.
 */
export async function bootstrapSessions(
  context: EngineContext,
  { admit, isAdmitted, conflictOf, identifyAccount, signal }: Resumption,
): Promise<void> {
  const states = unsettledSessions(context);
  for (const state of states) markUnfollowed(context, state);
  await identifyAccount();
  await forEachLimited(PARALLEL_READS, states, ({ id }) =>
    withRetry(context, signal, id, async () => {
      if (await resumeSession(context, id, { conflictOf, isAdmitted })) admit(id);
    }),
  );
  for (const id of recentlyEnded(context)) admit(id);
}

/** A disk that refuses in the middle holds no one else back: the step is repeated later, and not waited for. */
async function withRetry(
  context: EngineContext,
  signal: AbortSignal,
  sessionId: SessionId,
  step: () => Promise<void>,
): Promise<void> {
  if (signal.aborted) return;
  try {
    await step();
  } catch (error) {
    context.log.error({ err: error, sessionId }, 'A session could not be resumed');
    void context.clock
      .sleep(RETRY_MS, signal)
      .then(() => withRetry(context, signal, sessionId, step));
  }
}

/** Never repeated: by then the run may be followed again. */
function markUnfollowed(context: EngineContext, state: SessionState): void {
  try {
    for (const open of openTurns(state, false)) {
      changeConnection(context, state, open, 'reconnecting', 'Cerevisor was restarted');
    }
  } catch (error) {
    context.log.error({ err: error, sessionId: state.id }, 'A run could not be marked');
  }
}

/** Asks Cursor about a session's runs; returns whether the session may be carried on here. */
async function resumeSession(
  context: EngineContext,
  id: SessionId,
  { conflictOf, isAdmitted }: Pick<Resumption, 'conflictOf' | 'isAdmitted'>,
): Promise<boolean> {
  const state = requireSession(context.journal, id);
  if (holdIfNotOwned(context, state, conflictOf(state))) {
    // What is at work on this machine is followed whoever's key is in use.
    const open = openTurns(state, false).filter(({ attempt }) => isOnThisMachine(attempt));
    for (const turn of open)
      await reconcileTurn(context, state, turn, readRecord, () => isAdmitted(id));
    return open.length > 0;
  }
  // Before Cursor is asked: what a person does meanwhile is newer.
  holdIfAsked(context, id);
  for (const launch of unansweredLaunches(state, false)) {
    await reconcileLaunch(context, state, launch);
  }
  for (const open of openTurns(state, false)) {
    await reconcileTurn(context, state, open, readRecord, () => isAdmitted(id));
  }
  return true;
}

const isOnThisMachine = ({ runtime }: Attempt): boolean => locationOf(runtime) === 'this-machine';

/** Holds a session that belongs elsewhere, and says so; returns whether it does. */
export function holdIfNotOwned(
  context: EngineContext,
  state: SessionState,
  reason: OwnershipConflict | null,
): boolean {
  if (reason === null) return false;
  if (state.phase.kind === 'active')
    context.journal.append(state.id, [{ type: 'SessionHeld', reason }]);
  return true;
}

function unsettledSessions(context: EngineContext): SessionState[] {
  const found: SessionState[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const { rows } = context.journal.sessions({
      isSettled: false,
      includeDismissed: true,
      limit: PAGE,
      offset,
    });
    found.push(...rows.map(({ state }) => state));
    if (rows.length < PAGE) return found;
  }
}

function recentlyEnded(context: EngineContext): SessionId[] {
  const { rows } = context.journal.sessions({
    isSettled: true,
    includeDismissed: true,
    limit: PAGE,
    order: 'newest',
  });
  const since = context.clock.now() - RECENTLY_ENDED_MS;
  return rows.filter(({ endedAt }) => endedAt !== null && endedAt > since).map(({ id }) => id);
}

function holdIfAsked(context: EngineContext, id: SessionId): void {
  if (context.resumeOnLaunch() !== 'ask') return;
  const state = requireSession(context.journal, id);
  const wouldLaunch = decide(state).some(
    ({ kind }) => kind === 'intend-launch' || kind === 'intend-resume',
  );
  const hasWaiting = state.agents.some(({ phase }) => phase.kind === 'waiting');
  if (state.phase.kind !== 'active' || !(wouldLaunch || hasWaiting)) return;
  context.journal.append(id, [{ type: 'SessionHeld', reason: 'asked-on-launch' }]);
}
