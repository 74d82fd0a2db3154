import { latestAttempt, latestTurn } from '../select.ts';
import type { AgentState, Attempt, SessionState } from '../state.ts';

/**
 * How long an agent's newest attempt worked, by the service's own clock: the sum over its runs. Null while one of them
 * has not been told. Ours would count the time until it was heard of, which after a restart can be days.
 */
export function workedMs(agent: AgentState): number | null {
  const turns = latestAttempt(agent)?.turns ?? [];
  if (turns.length === 0) return null;
  let sumMs = 0;
  for (const { ended } of turns) {
    if (ended === null || ended.durationMs === null) return null;
    sumMs += ended.durationMs;
  }
  return sumMs;
}

/** When an agent ended: when its last run did, as the service says, and not when it was heard of. */
export function agentEndedAt(agent: AgentState): number | null {
  if (agent.phase.kind !== 'settled') return null;
  const turn = latestTurn(latestAttempt(agent));
  if (turn?.ended?.durationMs == null) return agent.phase.at;
  return Math.min(agent.phase.at, turn.startedAt + turn.ended.durationMs);
}

/** When a session ended: with the last of its agents that did something. */
export function sessionEndedAt(state: SessionState): number | null {
  const { phase, startedAt } = state;
  if (phase.kind !== 'ended') return null;
  const ends = state.agents.flatMap((agent) =>
    agent.attempts.length === 0 ? [] : (agentEndedAt(agent) ?? phase.at),
  );
  if (ends.length === 0) return phase.at;
  return Math.max(startedAt, Math.min(phase.at, Math.max(...ends)));
}

/** A stretch in which an agent was at work; `to` is null while it continues. */
export type WorkSpan = { readonly from: number; readonly to: number | null };

/**
 * When an agent was at work in an attempt, once for each run. A run is as long as the service says; what lies between
 * two runs belongs to none, nor does the wait for a launch that was put off.
 */
export function workSpans(agent: AgentState, attempt: Attempt): WorkSpan[] {
  const isLatest = attempt === latestAttempt(agent);
  const settledAt = agent.phase.kind === 'settled' ? agent.phase.at : null;
  if (attempt.turns.length === 0) {
    const isLaunching = agent.phase.kind === 'launching' && agent.phase.deferred === null;
    const hasSpan = isLatest && (isLaunching || settledAt !== null);
    return hasSpan ? [{ from: attempt.intendedAt, to: settledAt }] : [];
  }
  return attempt.turns.map((turn, index) => {
    const from = index === 0 ? attempt.intendedAt : turn.startedAt;
    if (turn.ended !== null)
      return { from, to: from + (turn.ended.durationMs ?? Math.max(0, turn.ended.at - from)) };
    const isNewest = isLatest && index === attempt.turns.length - 1;
    return { from, to: isNewest ? settledAt : from };
  });
}

/** How long any agent of a session was at work, up to now or up to `since`, when the work that continues began. */
export function sessionWork(state: SessionState): { workedMs: number; since: number | null } {
  const spans = state.agents
    .flatMap((agent) => agent.attempts.flatMap((attempt) => workSpans(agent, attempt)))
    .sort((left, right) => left.from - right.from);
  let workedMs = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const { from, to } of spans) {
    // From here on someone is at work until now: what comes later lies within it.
    if (to === null) {
      const isJoined = from < reached;
      return isJoined
        ? { workedMs: workedMs - (reached - from), since: from }
        : { workedMs, since: from };
    }
    workedMs += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return { workedMs, since: null };
}
