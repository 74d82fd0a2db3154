import type { AgentStatus } from '../../contract/agent-views.ts';

/** The color of an agent where only color has room; the word stands next to it. */
export const agentFills: Readonly<Record<AgentStatus, string>> = {
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
