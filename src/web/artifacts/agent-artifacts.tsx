import { useQuery } from '@tanstack/react-query';
import { Download, Eye, FileX, Package, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { isInCloud } from '../../contract/agent-location.ts';
import type { AgentView, ArtifactView } from '../../contract/agent-views.ts';
import { withCloudName } from '../../contract/cloud-name.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { formatSize } from '../../lib/format.ts';
import { CopyButton } from '../design/copy-button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { IconButton } from '../design/icon-button.tsx';
import { ActionButton, DownloadLink } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { queryKeys } from '../kernel/queries.ts';
import { useAction } from '../kernel/use-action.ts';
import { ArtifactPreview } from './artifact-preview.tsx';
import { previewKind } from './preview-kind.ts';

const stateTexts: Record<AgentView['artifactsState'], string> = {
  pending: 'Downloaded when the agent has finished',
  offered: 'Not downloaded yet; fetch them to get them on this machine',
  none: 'The agent produced none',
  complete: 'All artifacts are on this machine',
  incomplete: 'Some artifacts could not be downloaded',
  unavailable: 'Cursor could not be asked for the artifacts',
};

/** The artifacts of an agent, with their state, location and preview. */
export function AgentArtifacts({ session, agent }: { session: SessionView; agent: AgentView }) {
  const { id: sessionId, backend } = session;
  const [previewed, setPreviewed] = useState<ArtifactView | null>(null);
  const refetch = useAction('The artifacts could not be downloaded', () =>
    api.refetchArtifacts(sessionId, agent.id),
  );
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 text-muted">
          {withCloudName(backend, stateTexts[agent.artifactsState])}
        </p>
        <ActionButton
          disabled={refetch.isPending || !isInCloud(agent)}
          onClick={() => refetch.mutate()}
        >
          <RefreshCw aria-hidden size={14} />
          {refetch.isPending ? 'Fetching…' : 'Refetch artifacts'}
        </ActionButton>
      </div>
      <Folder sessionId={sessionId} agentId={agent.id} />
      {agent.artifactsError === null ? null : (
        <p className="text-danger text-sm">{agent.artifactsError.message}</p>
      )}
      {agent.artifacts.length === 0 ? (
        <EmptyState icon={Package} title="No artifacts" />
      ) : (
        <ArtifactRows
          artifacts={agent.artifacts}
          sessionId={sessionId}
          agentId={agent.id}
          onShow={setPreviewed}
        />
      )}
      {agent.earlierArtifacts.length === 0 ? null : (
        <section aria-label="Earlier artifacts" className="flex flex-col gap-2">
          <h3 className="text-muted text-sm">From earlier attempts and turns</h3>
          <ArtifactRows
            artifacts={agent.earlierArtifacts}
            sessionId={sessionId}
            agentId={agent.id}
            onShow={setPreviewed}
          />
        </section>
      )}
      {previewed === null ? null : (
        <ArtifactPreview
          artifact={previewed}
          sessionId={sessionId}
          agentId={agent.id}
          onClose={() => setPreviewed(null)}
        />
      )}
    </div>
  );
}

type RowsProps = {
  artifacts: readonly ArtifactView[];
  sessionId: string;
  agentId: string;
  onShow: (artifact: ArtifactView) => void;
};

function ArtifactRows({ artifacts, sessionId, agentId, onShow }: RowsProps) {
  return (
    <ul className="divide-y rounded-lg border">
      {artifacts.map((artifact) => (
        <ArtifactRow
          key={artifact.file ?? artifact.path}
          artifact={artifact}
          sessionId={sessionId}
          agentId={agentId}
          onShow={() => onShow(artifact)}
        />
      ))}
    </ul>
  );
}

/** For example `report.md (attempt 1, turn 2)`: rows with the same path need different names. */
function artifactName({ path, attempt, turn }: ArtifactView): string {
  if (attempt == null) return path;
  return turn == null
    ? `${path} (attempt ${attempt})`
    : `${path} (attempt ${attempt}, turn ${turn})`;
}

function Folder({ sessionId, agentId }: { sessionId: string; agentId: string }) {
  const { data } = useQuery({
    queryKey: queryKeys.artifacts(sessionId),
    queryFn: () => api.artifacts(sessionId),
  });
  const directory = data?.agents.find((each) => each.agentId === agentId)?.directory;
  if (directory === undefined) return null;
  return (
    <div className="flex items-center gap-1 rounded-md bg-sunken py-0.5 pr-1 pl-3">
      <code className="min-w-0 flex-1 truncate font-mono text-sm" title={directory}>
        {directory}
      </code>
      <CopyButton text={directory} label="Copy folder path" />
    </div>
  );
}

function ArtifactRow({
  artifact,
  sessionId,
  agentId,
  onShow,
}: {
  artifact: ArtifactView;
  sessionId: string;
  agentId: string;
  onShow: () => void;
}) {
  const { file, error } = artifact;
  const path = artifactName(artifact);
  return (
    <li className="flex items-center gap-3 px-3 py-2">
      <div className="min-w-0 flex-1">
        <div className="truncate font-medium" title={path}>
          {path}
        </div>
        <div className={error === null ? 'text-muted text-sm' : 'text-danger text-sm'}>
          {formatSize(artifact.sizeBytes)} ·{' '}
          {error?.message ?? (file === null ? 'Not on this machine yet' : 'On this machine')}
        </div>
      </div>
      {file === null ? (
        <FileX aria-hidden size={16} className="text-muted" />
      ) : (
        <>
          {previewKind(file) === 'none' ? null : (
            <IconButton label={`Show ${path}`} icon={Eye} onClick={onShow} />
          )}
          <DownloadLink
            href={api.artifactUrl(sessionId, agentId, file)}
            aria-label={`Download ${path}`}
            title={`Download ${path}`}
            className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink aria-disabled:opacity-40"
          >
            <Download aria-hidden size={16} />
          </DownloadLink>
        </>
      )}
    </li>
  );
}
