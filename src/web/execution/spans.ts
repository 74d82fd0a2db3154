import type { AgentView } from '../../contract/views.ts';

/** A stretch of the timeline: where it begins and ends, from 0 to 1. */
export type Span = { readonly from: number; readonly to: number };

type Worker = Pick<AgentView, 'startedAt' | 'endedAt' | 'work'>;

/** Where an agent's runs lie in its session; none before it has begun. Clocks that disagree stay on the scale. */
export function spansOf(agent: Worker, start: number, end: number, now: number): Span[] {
  if (agent.startedAt === null) return [];
  const place = (at: number) => Math.min(1, Math.max(0, (at - start) / (end - start)));
  const work = agent.work ?? [{ startedAt: agent.startedAt, endedAt: agent.endedAt }];
  return work.map(({ startedAt, endedAt }) => {
    const begun = Date.parse(startedAt);
    const done = endedAt === null ? Math.max(now, begun) : Date.parse(endedAt);
    return { from: place(begun), to: place(done) };
  });
}
