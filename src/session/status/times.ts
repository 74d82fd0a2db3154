import { attemptInRound, latestAttempt, latestTurn } from '../select.ts';
import type { AgentState, Attempt, SessionState } from '../state.ts';

/**
 * How long an agent's newest attempt worked: the sum of the durations that the service reports for its runs. Null if one of
 * them is unknown. Our own clock would include the time until an end became known, which after a restart can be days.
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

/** When the last run of an agent ended, by the duration that the service reports, not when that became known. */
export function agentEndedAt(agent: AgentState): number | null {
  if (agent.phase.kind !== 'settled') return null;
  const turn = latestTurn(latestAttempt(agent));
  if (turn?.ended?.durationMs == null) return agent.phase.at;
  return Math.min(agent.phase.at, turn.startedAt + turn.ended.durationMs);
}

/** When the round that an agent is in ended for it. An agent that is skipped in a later round did not work in it. */
export function roundEndedAt(agent: AgentState): number | null {
  if (attemptInRound(agent) !== undefined) return agentEndedAt(agent);
  return agent.phase.kind === 'settled' ? agent.phase.at : null;
}

/** When a session ended: with the last of its agents that had an attempt. */
export function sessionEndedAt(state: SessionState): number | null {
  const { phase, startedAt } = state;
  if (phase.kind !== 'ended') return null;
  const ends = state.agents.flatMap((agent) =>
    agent.attempts.length === 0 ? [] : (agentEndedAt(agent) ?? phase.at),
  );
  if (ends.length === 0) return phase.at;
  return Math.max(startedAt, Math.min(phase.at, Math.max(...ends)));
}

/** A period in which an agent was at work; `to` is null while it continues. */
export type WorkSpan = { readonly from: number; readonly to: number | null };

/**
 * The periods in which an agent was at work in an attempt, one per run, with the durations that the service reports. The
 * time between runs and before a deferred launch is not included.
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
