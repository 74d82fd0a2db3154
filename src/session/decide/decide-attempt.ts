import { type AgentEffects, type Effect, ofAttempt, ofThread } from '../effects.ts';
import { locationOf } from '../run-location.ts';
import { isGivenUp, isLive, isSettled, latestAttempt, latestTurn } from '../select.ts';
import type { AgentState, Attempt, Turn } from '../state.ts';

/** A turn is followed until its stream has been read and its end is known, because either one can be lost. */
function needsFollowing(turn: Turn): boolean {
  return turn.stream === 'open' || turn.ended === null;
}

/** The effects of every launched attempt, whether its agent has settled or not: streams, answers, usage and artifacts. */
export function decideAttempt(agent: AgentState, attempt: Attempt): AgentEffects {
  if (attempt.launchedAt === null) return [];
  const subject = ofThread(agent, attempt);
  const effects: Effect[] = [];
  for (const turn of attempt.turns) {
    if (!needsFollowing(turn)) continue;
    effects.push({
      kind: 'follow',
      ...subject,
      turnId: turn.id,
      hasEnded: turn.ended !== null,
    });
  }
  for (const { turnId, answer, request } of attempt.requests?.open ?? []) {
    if (answer === null) continue;
    const { requestId } = request;
    effects.push({ kind: 'answer-request', ...subject, turnId, requestId });
  }
  if (attempt.baseCommits === null && isBaseKnowable(attempt)) {
    effects.push({ kind: 'record-base', ...ofAttempt(agent, attempt) });
  }
  for (const turn of attempt.turns) {
    if (turn.ended?.check === 'open') {
      effects.push({ kind: 'check-end', ...subject, turnId: turn.id });
    }
    if (turn.ended !== null && turn.usage === null && !isGivenUp(turn)) {
      effects.push({ kind: 'report-usage', ...subject, turnId: turn.id });
    }
  }
  const ended = latestTurn(attempt)?.ended ?? null;
  if (ended !== null && isCollectible(agent, attempt)) {
    const purpose = ended.whileAway ? 'offer' : 'fetch';
    effects.push({ kind: 'collect-artifacts', ...subject, purpose });
  }
  return effects;
}

/** Its work is done and its artifacts are not collected yet. Those of a thread are collected with its last round. */
function isCollectible(agent: AgentState, attempt: Attempt): boolean {
  if (attempt.artifacts.state !== 'pending') return false;
  if (attempt === latestAttempt(agent)) {
    return agent.phase.kind === 'settled' && agent.phase.outcome === 'completed';
  }
  const later = agent.attempts.filter(({ number }) => number > attempt.number);
  const isLastOfRound = later.every(({ round }) => round > attempt.round);
  const isLastOfThread = later.every(({ threadId }) => threadId !== attempt.threadId);
  return attempt.isDelivered === true && isLastOfRound && isLastOfThread;
}

/** Settled, with every stream read and every artifact collected: nothing more happens unless the user requests it. */
export function isComplete(agent: AgentState): boolean {
  if (!isSettled(agent) || isLive(agent)) return false;
  const isRead = agent.attempts.every(({ turns }) => !turns.some(needsFollowing));
  return isRead && !agent.attempts.some((attempt) => isCollectible(agent, attempt));
}

/** On this machine, the runtime reports the base commits with the end of the turn. */
const isBaseKnowable = ({ runtime, turns }: Attempt): boolean =>
  locationOf(runtime) === 'cloud' || turns[0]?.ended != null;
