import type { EngineContext } from '../context.ts';
import { requireSession } from '../require-session.ts';
import { reconcileLaunch, unansweredLaunches } from './reconcile-launch.ts';
import { openTurns, reconcileTurn, SILENCE_LIMIT_MS } from './reconcile-turn.ts';

/** Reconciles live turns and launches without any sign of life for a day. Those that cannot be confirmed are flagged. */
export async function flagSilent(context: EngineContext): Promise<void> {
  for (const row of context.journal.liveAttempts()) {
    const state = requireSession(context.journal, row.sessionId);
    for (const open of openTurns(state)) {
      const lastHeartbeat =
        context.journal.streamCursor(open.turn.id)?.lastHeartbeatAt ?? open.turn.startedAt;
      if (open.agentId !== row.agentId || !isLong(context, lastHeartbeat)) continue;
      await reconcileTurn(context, state, open, { isFollowed: () => true });
    }
    for (const launch of unansweredLaunches(state)) {
      const isDue = launch.agentId === row.agentId && isLong(context, launch.attempt.intendedAt);
      if (isDue) await reconcileLaunch(context, state, launch);
    }
  }
}

function isLong(context: EngineContext, since: number): boolean {
  return context.clock.now() - since > SILENCE_LIMIT_MS;
}
