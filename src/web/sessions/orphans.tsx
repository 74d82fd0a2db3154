import { useQuery } from '@tanstack/react-query';
import { cloudName } from '../../contract/cloud-name.ts';
import { Callout } from '../design/callout.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { queryKeys, useBackend } from '../kernel/queries.ts';
import { openExecution } from '../kernel/route.ts';
import { useAction } from '../kernel/use-action.ts';

/**
 * Cloud agents that carry our metadata but are unknown to this machine: from another machine, or from a lost journal.
 */
export function Orphans() {
  const cloud = cloudName(useBackend());
  const { data } = useQuery({
    queryKey: queryKeys.orphans,
    queryFn: api.orphans,
    staleTime: 60_000,
    retry: false,
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section aria-label={`Found on ${cloud}`} className="flex shrink-0 flex-col gap-2 border-b p-3">
      {data.items.slice(0, 5).map((orphan) => (
        <Orphan key={orphan.cursorAgentId} id={orphan.cursorAgentId} name={orphan.name} />
      ))}
      {data.items.length > 5 ? (
        <p className="text-muted">and {data.items.length - 5} more after these.</p>
      ) : null}
    </section>
  );
}

function Orphan({ id, name }: { id: string; name: string }) {
  const cloud = cloudName(useBackend());
  const adopt = useAction('The agent could not be adopted', async () => {
    const { sessionId } = await api.adopt(id);
    openExecution(sessionId);
  });
  return (
    <Callout
      tone="notice"
      title={`“${name}” is on ${cloud} but not in this list.`}
      action={
        <ActionButton
          size="small"
          aria-label={`Adopt ${name}`}
          disabled={adopt.isPending}
          onClick={() => adopt.mutate()}
        >
          {adopt.isPending ? 'Adopting…' : 'Adopt'}
        </ActionButton>
      }
    >
      It was started by Cerevisor, possibly on another machine.
    </Callout>
  );
}
