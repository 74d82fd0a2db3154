import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { formatDuration } from '../../lib/format.ts';

/** A stretch of the timeline: where it begins and ends, from 0 to 1. */
export type Span = { readonly from: number; readonly to: number };

/** Under this long, quarters of a scale fall on the same second. */
const shortScaleMs = 10_000;

/** The five words under a scale, from its beginning to its end; parts of seconds where it is short. */
export function ticksOf(milliseconds: number): string[] {
  return [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = milliseconds * part;
    if (milliseconds >= shortScaleMs) return formatDuration(at);
    return at === 0 ? '0 s' : `${(at / 1000).toFixed(milliseconds < 2000 ? 2 : 1)} s`;
  });
}

type Worker = Pick<AgentView, 'startedAt' | 'endedAt' | 'work'>;

type Stretch = { readonly startedAt: string; readonly endedAt: string | null };

/** The rounds of an agent before its present one, which its own times say nothing of. */
export function earlierWork(
  { rounds }: Pick<SessionDetail, 'rounds'>,
  { id }: Pick<AgentView, 'id'>,
): Stretch[] {
  return rounds
    .filter(({ agentId }) => agentId === id)
    .slice(0, -1)
    .flatMap(({ startedAt, endedAt }) => (startedAt === null ? [] : [{ startedAt, endedAt }]));
}

/** How long these stretches are together. */
export const lengthOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce(
    (sum, { startedAt, endedAt }) =>
      sum + (endedAt === null ? 0 : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))),
    0,
  );

/** Where an agent's runs are in its session; none before it has begun. Clocks that disagree stay on the scale. */
export function spansOf(
  agent: Worker,
  start: number,
  end: number,
  now: number,
  earlier: readonly Stretch[] = [],
): Span[] {
  if (agent.startedAt === null) return [];
  const place = (at: number) => Math.min(1, Math.max(0, (at - start) / (end - start)));
  const work = agent.work ?? [{ startedAt: agent.startedAt, endedAt: agent.endedAt }];
  return [...earlier, ...work].map(({ startedAt, endedAt }) => {
    const begun = Date.parse(startedAt);
    const done = endedAt === null ? Math.max(now, begun) : Date.parse(endedAt);
    return { from: place(begun), to: place(done) };
  });
}
