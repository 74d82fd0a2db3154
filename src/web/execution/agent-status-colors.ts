import type { AgentStatus } from '../../contract/agent-views.ts';

/** Status colors for bars; the status text is shown next to them. */
export const agentStatusColors: Readonly<Record<AgentStatus, string>> = {
  waiting: 'bg-line',
  queued: 'bg-line',
  launching: 'bg-info',
  running: 'bg-info',
  'requires-action': 'bg-danger',
  reconnecting: 'bg-warn',
  unknown: 'bg-warn',
  cancelling: 'bg-warn',
  completed: 'bg-ok',
  failed: 'bg-danger',
  skipped: 'bg-line-strong',
  cancelled: 'bg-line-strong',
};
