import type { AgentStatus, AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { formatDuration } from '../../lib/format.ts';

/** A section of the timeline, as fractions from 0 to 1, with the status of the agent in that round. */
export type Span = { readonly from: number; readonly to: number; readonly status: AgentStatus };

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

type TimedAgent = Pick<AgentView, 'startedAt' | 'endedAt' | 'work' | 'status'>;

/** In milliseconds since the epoch. */
type Timescale = { readonly start: number; readonly end: number; readonly now: number };

type WorkPeriod = { readonly startedAt: string; readonly endedAt: string | null };

type EarlierRound = WorkPeriod & { readonly status: AgentStatus };

/** The earlier rounds of an agent, which its own times do not cover. */
export function earlierWork(
  { rounds }: Pick<SessionDetail, 'rounds'>,
  { id }: Pick<AgentView, 'id'>,
): EarlierRound[] {
  return rounds
    .filter(({ agentId }) => agentId === id)
    .slice(0, -1)
    .flatMap(({ startedAt, endedAt, status }) =>
      startedAt === null ? [] : [{ startedAt, endedAt, status }],
    );
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
  earlier: readonly EarlierRound[] = [],
): Span[] {
  const fraction = (at: number) => Math.min(1, Math.max(0, (at - start) / (end - start)));
  const { status } = agent;
  const current = workOf(agent).map((period) => ({ ...period, status }));
  return [...earlier, ...current].map(({ startedAt, endedAt, status }) => {
    const startedMs = Date.parse(startedAt);
    const endedMs = endedAt === null ? Math.max(now, startedMs) : Date.parse(endedAt);
    return { from: fraction(startedMs), to: fraction(endedMs), status };
  });
}

function workOf({ startedAt, endedAt, work }: TimedAgent): readonly WorkPeriod[] {
  if (startedAt === null) return [];
  return work ?? [{ startedAt, endedAt }];
}
