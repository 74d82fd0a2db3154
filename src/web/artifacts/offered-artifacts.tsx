import { Download } from 'lucide-react';
import { cloudName } from '../../server/contract/cloud-name.ts';
import type { SessionDetail } from '../../server/contract/views.ts';
import { api } from '../app/api.ts';
import { ActionButton } from '../app/online.tsx';
import { useAction } from '../app/use-action.ts';
import { Callout } from '../design/callout.tsx';
import { count } from '../design/format.ts';

/** A session ended while nobody was attached: its artifacts are offered, not fetched by themselves. */
export function OfferedArtifacts({ session }: { session: SessionDetail }) {
  const fetchAll = useAction('The artifacts could not be fetched', () =>
    api.refetchArtifacts(session.id),
  );
  const offered = session.agents.filter(({ artifactsState }) => artifactsState === 'offered');
  return (
    <Callout
      tone="notice"
      title={`${count(offered.length, 'agent')} finished while you were away and left artifacts.`}
      action={
        <ActionButton size="small" disabled={fetchAll.isPending} onClick={() => fetchAll.mutate()}>
          <Download aria-hidden size={12} /> {fetchAll.isPending ? 'Fetching…' : 'Fetch artifacts'}
        </ActionButton>
      }
    >
      They are on {cloudName(session.backend)} until you fetch them.
    </Callout>
  );
}
