/** A stretch of the timeline: where it begins and ends, from 0 to 1, and how long it is. */
export type Span = { readonly from: number; readonly to: number; readonly milliseconds: number };

type Worker = { readonly startedAt: string | null; readonly endedAt: string | null };

/** Where an agent's work lies in its session; null while it has not begun. Clocks that disagree stay on the scale. */
export function spanOf(agent: Worker, start: number, end: number, now: number): Span | null {
  if (agent.startedAt === null) return null;
  const begun = Date.parse(agent.startedAt);
  const done = agent.endedAt === null ? Math.max(now, begun) : Date.parse(agent.endedAt);
  const place = (at: number) => Math.min(1, Math.max(0, (at - start) / (end - start)));
  return { from: place(begun), to: place(done), milliseconds: Math.max(0, done - begun) };
}

/** When an agent's work ended on a scale of its own: after the time that the cloud says it took, where it has told. */
export function workedUntil(
  agent: Worker & { readonly durationMs?: number | null },
): string | null {
  if (agent.startedAt === null || agent.endedAt === null || agent.durationMs == null)
    return agent.endedAt;
  return new Date(Date.parse(agent.startedAt) + agent.durationMs).toISOString();
}
