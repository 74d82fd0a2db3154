import { RotateCcw } from 'lucide-react';
import type { AgentView } from '../../contract/agent-views.ts';
import type { ButtonProps } from '../design/button.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';

/** Retries a failed agent; renders nothing if that is not possible. */
export function RetryButton({
  sessionId,
  agent,
  ...rest
}: { sessionId: string; agent: AgentView } & ButtonProps) {
  const retry = useAction('The agent could not be retried', () => api.retry(sessionId, agent.id));
  if (!agent.canRetry) return null;
  return (
    <ActionButton
      tone="primary"
      disabled={retry.isPending}
      onClick={() => retry.mutate()}
      {...rest}
    >
      <RotateCcw aria-hidden size={14} /> Retry
    </ActionButton>
  );
}
