/** Milliseconds since the epoch as ISO 8601 in UTC. */
export const instant = (at: number): string => new Date(at).toISOString();

export const instantOrNull = (at: number | null): string | null =>
  at === null ? null : instant(at);
