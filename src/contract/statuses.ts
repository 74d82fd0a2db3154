/** What a session can be, as clients see it. */
export const sessionStatuses = [
  'running',
  'waiting',
  'cancelling',
  'finished',
  'failed',
  'cancelled',
] as const;
