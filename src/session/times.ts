import { latestAttempt, latestRun } from './select.ts';
import type { AgentState, SessionState } from './state.ts';

/**
 * How long an agent's newest attempt worked, by the service's own clock: the sum over its runs. Null while one of them
 * has not been told. Ours would count the time until it was heard of, which after a restart can be days.
 */
export function workedMs(agent: AgentState): number | null {
  const runs = latestAttempt(agent)?.runs ?? [];
  if (runs.length === 0) return null;
  let sumMs = 0;
  for (const { ended } of runs) {
    if (ended === null || ended.durationMs === null) return null;
    sumMs += ended.durationMs;
  }
  return sumMs;
}

/** When an agent ended: when its last run did, as the service says, and not when it was heard of. */
export function agentEndedAt(agent: AgentState): number | null {
  if (agent.phase.kind !== 'settled') return null;
  const run = latestRun(latestAttempt(agent));
  if (run?.ended?.durationMs == null) return agent.phase.at;
  return Math.min(agent.phase.at, run.startedAt + run.ended.durationMs);
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
