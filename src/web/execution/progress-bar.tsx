import type { AgentStatus, AgentView } from '../../contract/agent-views.ts';
import { classNames } from '../design/class-names.ts';
import { agentStatusLabel, isSettled } from '../design/status.tsx';
import { agentStatusColors } from './agent-status-colors.ts';

/** Settled first, and of those success before failure. */
const order: readonly AgentStatus[] = [
  'completed',
  'failed',
  'cancelled',
  'skipped',
  'cancelling',
  'unknown',
  'reconnecting',
  'requires-action',
  'running',
  'launching',
  'queued',
  'waiting',
];

/** The progress of a session. Settled agents fill the bar; the text gives the number per status. */
export function ProgressBar({ agents }: { agents: readonly AgentView[] }) {
  const parts = order.flatMap((status) => {
    const count = agents.filter((agent) => agent.status === status).length;
    return count === 0 ? [] : [{ status, count }];
  });
  const label = parts
    .map(({ status, count }) => `${count} ${agentStatusLabel(status).toLowerCase()}`)
    .join(', ');
  const settled = parts.filter(({ status }) => isSettled(status));
  return (
    <div
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={agents.length}
      aria-valuenow={settled.reduce((sum, { count }) => sum + count, 0)}
      aria-valuetext={label}
      title={label}
      className="flex h-1.5 w-40 shrink-0 overflow-hidden rounded-full bg-line"
    >
      {settled.map(({ status, count }) => (
        <span
          key={status}
          className={classNames(
            'h-full border-surface not-last:border-r',
            agentStatusColors[status],
          )}
          style={{ width: `${(100 * count) / agents.length}%` }}
        />
      ))}
    </div>
  );
}
