import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { formatDuration } from '../../lib/format.ts';

/** A section of the timeline, as fractions from 0 to 1. */
export type Span = { readonly from: number; readonly to: number };

/** Below this length, quarters of a scale fall on the same second. */
const shortScaleMs = 10_000;

/** The five labels of a scale, from start to end; with fractions of seconds on a short one. */
export function tickLabels(milliseconds: number): string[] {
  return [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = milliseconds * part;
    if (milliseconds >= shortScaleMs) return formatDuration(at);
    return at === 0 ? '0 s' : `${(at / 1000).toFixed(milliseconds < 2000 ? 2 : 1)} s`;
  });
}

type TimedAgent = Pick<AgentView, 'startedAt' | 'endedAt' | 'work'>;

/** In milliseconds since the epoch. */
type Timescale = { readonly start: number; readonly end: number; readonly now: number };

type WorkPeriod = { readonly startedAt: string; readonly endedAt: string | null };

/** The earlier rounds of an agent, which its own times do not cover. */
export function earlierWork(
  { rounds }: Pick<SessionDetail, 'rounds'>,
  { id }: Pick<AgentView, 'id'>,
): WorkPeriod[] {
  return rounds
    .filter(({ agentId }) => agentId === id)
    .slice(0, -1)
    .flatMap(({ startedAt, endedAt }) => (startedAt === null ? [] : [{ startedAt, endedAt }]));
}

export const totalDurationMs = (periods: readonly WorkPeriod[]): number =>
  periods.reduce(
    (sum, { startedAt, endedAt }) =>
      sum + (endedAt === null ? 0 : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))),
    0,
  );

/**
 * The work periods of an agent on the session's timeline; none before it has started. Times outside the scale, from
 * clocks that disagree, are clamped.
 */
export function spansOf(
  agent: TimedAgent,
  { start, end, now }: Timescale,
  earlier: readonly WorkPeriod[] = [],
): Span[] {
  if (agent.startedAt === null) return [];
  const fraction = (at: number) => Math.min(1, Math.max(0, (at - start) / (end - start)));
  const work = agent.work ?? [{ startedAt: agent.startedAt, endedAt: agent.endedAt }];
  return [...earlier, ...work].map(({ startedAt, endedAt }) => {
    const startedMs = Date.parse(startedAt);
    const endedMs = endedAt === null ? Math.max(now, startedMs) : Date.parse(endedAt);
    return { from: fraction(startedMs), to: fraction(endedMs) };
  });
}
