import { Download } from 'lucide-react';
import { cloudName } from '../../contract/cloud-name.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { plural } from '../../lib/format.ts';
import { Callout } from '../design/callout.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';

/** The session ended while no daemon was attached, so its artifacts are offered and not downloaded automatically. */
export function OfferedArtifacts({ session }: { session: SessionDetail }) {
  const fetchAll = useAction('The artifacts could not be downloaded', () =>
    api.refetchArtifacts(session.id),
  );
  const offered = session.agents.filter(({ artifactsState }) => artifactsState === 'offered');
  return (
    <Callout
      tone="notice"
      title={`${plural(offered.length, 'agent')} finished while you were away and produced artifacts.`}
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
