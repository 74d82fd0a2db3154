/** What a session can be, as clients see it. */
export const sessionStatuses = [
  'running',
  'waiting',
  'cancelling',
  'finished',
  'failed',
  'cancelled',
] as const;

/** What an agent of a session can be, as clients see it. */
export const agentStatuses = [
  'waiting',
  'queued',
  'launching',
  'running',
  'requires-action',
  'reconnecting',
  'unknown',
  'cancelling',
  'completed',
  'failed',
  'skipped',
  'cancelled',
] as const;
