import type { AgentStatus, AgentView } from '../../server/contract/views.ts';
import { classNames } from '../design/class-names.ts';
import { agentStatusWord, isSettled } from '../design/status.tsx';
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
  'running',
  'launching',
  'waiting',
];

/** How many agents are where, in one line. */
export function ProgressBar({ agents }: { agents: readonly AgentView[] }) {
  const parts = order.flatMap((status) => {
    const amount = agents.filter((agent) => agent.status === status).length;
    return amount === 0 ? [] : [{ status, amount }];
  });
  const words = parts
    .map(({ status, amount }) => `${amount} ${agentStatusWord(status).toLowerCase()}`)
    .join(', ');
  return (
    <div
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={agents.length}
      aria-valuenow={agents.filter(({ status }) => isSettled(status)).length}
      aria-valuetext={words}
      title={words}
      className="flex h-1.5 w-40 shrink-0 gap-px overflow-hidden rounded-full"
    >
      {parts.map(({ status, amount }) => (
        <span
          key={status}
          className={classNames('h-full', agentFills[status])}
          style={{ flexGrow: amount }}
        />
      ))}
    </div>
  );
}
