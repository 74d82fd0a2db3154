import { latestAttempt } from '../../session/select.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { EngineContext } from '../context.ts';
import { failureMessages } from '../failure-messages.ts';
import { launchedEvent } from '../handlers/record-launch.ts';
import { findLaunched } from './find-launched.ts';
import { SILENCE_LIMIT_MS } from './reconcile-turn.ts';

/** A launch that was neither confirmed nor rejected. */
export type UnansweredLaunch = { readonly agentId: AgentId; readonly attempt: Attempt };

/** Launches without an answer. `includeGivenUp`: also those given up after a day, which may have arrived. */
export function unansweredLaunches(
  state: SessionState,
  { includeGivenUp = false }: { readonly includeGivenUp?: boolean } = {},
): UnansweredLaunch[] {
  return state.agents.flatMap((agent) => {
    const attempt = latestAttempt(agent);
    if (attempt === undefined || attempt.launchedAt !== null) return [];
    const { phase } = agent;
    const isOpen = phase.kind === 'launching' && phase.rejected === null;
    const isGivenUp = phase.kind === 'settled' && phase.cause?.code === 'silent_24h';
    return isOpen || (includeGivenUp && isGivenUp) ? [{ agentId: agent.id, attempt }] : [];
  });
}

/**
 * Checks whether the agent of an unanswered launch exists, and adopts it if it does. If it does not, the supervisor repeats
 * the stored request. Without an answer for more than 24 hours, the launch is marked as failed with that reason, until a
 * later check finds the agent.
 */
export async function reconcileLaunch(
  context: EngineContext,
  state: SessionState,
  { agentId, attempt }: UnansweredLaunch,
): Promise<void> {
  const subject = { agentId, attempt: attempt.number, round: attempt.round };
  const answer = await findLaunched(context, state, attempt);
  if (answer.ok && answer.value?.latestTurn !== undefined) {
    const { latestTurn, url } = answer.value;
    const agentUrl = url === undefined ? {} : { agentUrl: url };
    const outcome = { kind: 'launched', turn: latestTurn, adopted: true, ...agentUrl } as const;
    context.journal.append(state.id, [launchedEvent(subject, outcome)]);
    return;
  }
  const isSilent = !answer.ok;
  if (!isSilent || context.clock.now() - attempt.intendedAt <= SILENCE_LIMIT_MS) return;
  context.journal.append(state.id, [
    {
      type: 'LaunchRejected',
      ...subject,
      failure: failureMessages(attempt.runtime).silentLaunch,
    },
  ]);
}
