import { decide } from '../session/decide.ts';
import type { SessionId } from '../session/ids.ts';
import type { SessionState } from '../session/state.ts';
import type { EngineContext } from './context.ts';
import { askAbout, openRuns } from './cursor-word.ts';
import { forEachLimited } from './limited.ts';

const PAGE = 500;
/** Ended sessions as young as this may still have usage or artifacts to be asked for. */
const AFTERMATH_MS = 24 * 60 * 60 * 1000;
const PARALLEL_READS = 8;

/**
 * Picks up every unsettled session after a start: asks Cursor about each run that was alive, stores what it says,
 * and hands the session to the supervisor. Sessions are independent; one that Cursor cannot be asked about holds
 * nobody back. With *Resume on launch: ask me* a session that has more to launch waits for a word.
 */
export async function bootstrapSessions(
  context: EngineContext,
  carryOn: (id: SessionId) => void,
): Promise<void> {
  const sessions = unsettledSessions(context);
  await forEachLimited(PARALLEL_READS, sessions, async (state) => {
    const provider = context.provider();
    for (const open of openRuns(state, false)) {
      await askAbout(context, state, open, (agentId, runId) => provider.readRun(agentId, runId));
    }
    holdIfAsked(context, state.id);
    carryOn(state.id);
  });
  for (const id of recentlyEnded(context)) carryOn(id);
}

function unsettledSessions(context: EngineContext): SessionState[] {
  const found: SessionState[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const { rows } = context.journal.sessions({
      isSettled: false,
      includeDismissed: true,
      includeLocal: true,
      limit: PAGE,
      offset,
    });
    // The journal's projection is `evolve`: its states are SessionStates.
    found.push(...rows.map(({ state }) => state as SessionState));
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
  const since = context.clock.now() - AFTERMATH_MS;
  return rows.filter(({ endedAt }) => endedAt !== null && endedAt > since).map(({ id }) => id);
}

function holdIfAsked(context: EngineContext, id: SessionId): void {
  if (context.resumeOnLaunch() !== 'ask') return;
  const state = context.journal.state(id) as SessionState;
  const wouldLaunch = decide(state).some(({ kind }) => kind === 'intend-launch');
  const hasWaiting = state.agents.some(({ phase }) => phase.kind === 'waiting');
  if (state.phase.kind !== 'active' || !(wouldLaunch || hasWaiting)) return;
  context.journal.append(id, [{ type: 'SessionHeld', reason: 'asked-on-launch' }]);
}
