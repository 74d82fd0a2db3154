import { latestAttempt } from '../../session/select.ts';
import type { Attempt, SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { EngineContext } from '../context.ts';
import { failureMessages } from '../failure-messages.ts';
import { launchedEvent } from '../handlers/record-launch.ts';
import { findLaunched } from './find-launched.ts';
import { SILENCE_LIMIT_MS } from './reconcile-turn.ts';

/** A launch that Cursor has neither confirmed nor refused. */
export type UnansweredLaunch = { readonly agentId: AgentId; readonly attempt: Attempt };

/** Launches without an answer, and those given up after a day that may turn out to have arrived. */
export function unansweredLaunches(
  state: SessionState,
  isReconsidering: boolean,
): UnansweredLaunch[] {
  return state.agents.flatMap((agent) => {
    const attempt = latestAttempt(agent);
    if (attempt === undefined || attempt.launchedAt !== null) return [];
    const { phase } = agent;
    const isOpen = phase.kind === 'launching' && phase.rejected === null;
    const isGivenUp = phase.kind === 'settled' && phase.cause?.code === 'silent_24h';
    return isOpen || (isReconsidering && isGivenUp) ? [{ agentId: agent.id, attempt }] : [];
  });
}

/**
 * Looks whether the agent of an unanswered launch exists. Found: it is adopted. Not there: the stored request is
 * repeated by whoever carries the session on. No answer from Cursor for more than 24 h: flagged failed, with exactly
 * that reason, until a later look finds it.
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
    const found = { kind: 'launched', turn: latestTurn, adopted: true, ...agentUrl } as const;
    context.journal.append(state.id, [launchedEvent(subject, found)]);
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
