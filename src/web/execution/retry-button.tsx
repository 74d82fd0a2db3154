import { RotateCcw } from 'lucide-react';
import type { AgentView } from '../../server/contract/views.ts';
import { api } from '../app/api.ts';
import { ActionButton } from '../app/online.tsx';
import { useAction } from '../app/use-action.ts';
import type { ButtonProps } from '../design/button.tsx';

/** Tries an agent again that did not succeed; nothing where that is not possible. */
export function RetryButton({
  sessionId,
  agent,
  ...rest
}: { sessionId: string; agent: AgentView } & ButtonProps) {
  const retry = useAction('The agent could not be tried again', () =>
    api.retry(sessionId, agent.id),
  );
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
