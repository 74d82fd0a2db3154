import type { AgentView } from './agent-views.ts';
import type { SessionView } from './session-views.ts';

type Worker = Pick<AgentView, 'startedAt' | 'endedAt' | 'durationMs' | 'work'>;

/** How long an agent has worked, measured by the service if known; null before its start. */
export function agentWorkedMs(agent: Worker, now: number): number | null {
  if (agent.startedAt === null) return null;
  if (agent.durationMs != null) return agent.durationMs;
  const spans = agent.work ?? [{ startedAt: agent.startedAt, endedAt: agent.endedAt }];
  return spans.reduce((sum, { startedAt, endedAt }) => sum + lengthMs(startedAt, endedAt, now), 0);
}

/** How long a session has worked. Time in which no agent was working does not count. */
export function sessionWorkedMs(
  { startedAt, endedAt, work }: Pick<SessionView, 'startedAt' | 'endedAt' | 'work'>,
  now: number,
): number {
  if (work === undefined) return lengthMs(startedAt, endedAt, now);
  return work.workedMs + (work.since === null ? 0 : lengthMs(work.since, null, now));
}

const lengthMs = (from: string, to: string | null, now: number): number =>
  Math.max(0, (to === null ? now : Date.parse(to)) - Date.parse(from));
