import type { AgentStatus, AgentView } from '../../contract/agent-views.ts';
import { classNames } from '../design/class-names.ts';
import { agentStatusLabel, isSettled } from '../design/status.tsx';
import { agentFills } from './agent-fills.ts';

/** What is over comes first, and of that the good before the bad. */
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

/** How far a session is: only what is settled fills the bar; who is where stands in its words. */
export function ProgressBar({ agents }: { agents: readonly AgentView[] }) {
  const parts = order.flatMap((status) => {
    const amount = agents.filter((agent) => agent.status === status).length;
    return amount === 0 ? [] : [{ status, amount }];
  });
  const words = parts
    .map(({ status, amount }) => `${amount} ${agentStatusLabel(status).toLowerCase()}`)
    .join(', ');
  const settled = parts.filter(({ status }) => isSettled(status));
  return (
    <div
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={agents.length}
      aria-valuenow={settled.reduce((sum, { amount }) => sum + amount, 0)}
      aria-valuetext={words}
      title={words}
      className="flex h-1.5 w-40 shrink-0 overflow-hidden rounded-full bg-line"
    >
      {settled.map(({ status, amount }) => (
        <span
          key={status}
          className={classNames('h-full border-surface not-last:border-r', agentFills[status])}
          style={{ width: `${(100 * amount) / agents.length}%` }}
        />
      ))}
    </div>
  );
}
