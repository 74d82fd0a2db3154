import { forEachLimited } from '../../lib/for-each-limited.ts';
import { decide } from '../../session/decide.ts';
import type { SessionId } from '../../session/ids.ts';
import { locationOf } from '../../session/run-location.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import type { EngineContext } from '../context.ts';
import { requireSession } from '../require-session.ts';
import type { OwnershipConflict } from '../supervise/ownership.ts';
import { reconcileLaunch, unansweredLaunches } from './reconcile-launch.ts';
import { changeConnection, openTurns, reconcileTurn } from './reconcile-turn.ts';

const PAGE = 500;
/** Sessions that ended more recently may still have usage or artifacts to collect. */
const RECENTLY_ENDED_MS = 24 * 60 * 60 * 1000;
const PARALLEL_READS = 8;
const RETRY_MS = 10_000;

export type Resumption = {
  /** Hands a session to the supervisor. */
  readonly admit: (id: SessionId) => void;
  /** The user may have resumed a session before it is its turn. */
  readonly isAdmitted: (id: SessionId) => boolean;
  readonly conflictOf: (state: SessionState) => OwnershipConflict | null;
  /** Resolves when the account of the key is known, or cannot be determined. */
  readonly identifyAccount: () => Promise<void>;
  /** Ends retries. */
  readonly signal: AbortSignal;
};

/**
 * Resumes every unsettled session after a start. First, all open turns are marked as not followed. Then each session is
 * reconciled with its runtimes and passed to the supervisor. Sessions are independent: one whose runtime does not respond
 * does not delay the others. With *Resume on launch: ask me*, a session that would launch more agents waits for the user. A
 * session of another account or cloud waits until that one is in use again.
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

/** Runs a step. If it fails, it is repeated later in the background, so that it does not delay other sessions. */
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

/** Not retried, because the run may be followed again by then. */
function markUnfollowed(context: EngineContext, state: SessionState): void {
  try {
    for (const open of openTurns(state)) {
      changeConnection(context, state, open, {
        connection: 'reconnecting',
        reason: 'Cerevisor was restarted',
      });
    }
  } catch (error) {
    context.log.error({ err: error, sessionId: state.id }, 'A run could not be marked');
  }
}

/** Reconciles a session with its runtimes. Returns whether the supervisor may continue it. */
async function resumeSession(
  context: EngineContext,
  id: SessionId,
  { conflictOf, isAdmitted }: Pick<Resumption, 'conflictOf' | 'isAdmitted'>,
): Promise<boolean> {
  const state = requireSession(context.journal, id);
  if (holdIfNotOwned(context, state, conflictOf(state))) {
    // Agents on this machine are followed whichever key is in use.
    const open = openTurns(state).filter(({ attempt }) => isOnThisMachine(attempt));
    for (const turn of open)
      await reconcileTurn(context, state, turn, { isFollowed: () => isAdmitted(id) });
    return open.length > 0;
  }
  // Before reconciling, so that actions of the user in the meantime take precedence.
  holdIfAsked(context, id);
  for (const launch of unansweredLaunches(state)) {
    await reconcileLaunch(context, state, launch);
  }
  for (const open of openTurns(state)) {
    await reconcileTurn(context, state, open, { isFollowed: () => isAdmitted(id) });
  }
  return true;
}

const isOnThisMachine = ({ runtime }: Attempt): boolean => locationOf(runtime) === 'this-machine';

/** Holds a session that belongs to another account or cloud. Returns whether it does. */
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
  const states: SessionState[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const { rows } = context.journal.sessions({
      isSettled: false,
      includeDismissed: true,
      limit: PAGE,
      offset,
    });
    states.push(...rows.map(({ state }) => state));
    if (rows.length < PAGE) return states;
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
