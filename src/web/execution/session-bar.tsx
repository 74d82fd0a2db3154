import { Download, RotateCw, Square } from 'lucide-react';
import { useState } from 'react';
import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { sessionWorkedMs } from '../../contract/work-time.ts';
import { plural, shortId } from '../../lib/format.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { formatCost } from '../design/format-cost.ts';
import { LiveDuration } from '../design/relative-time.tsx';
import { cancellationTexts, reconnectTarget } from '../design/session-text.ts';
import { isQueued, isSessionSettled, isSettled, SessionStatusBadge } from '../design/status.tsx';
import { ActionButton, DownloadLink } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';
import { ConnectionNotice } from '../shell/connection-notice.tsx';
import { ProgressBar } from './progress-bar.tsx';

/** Shown next to the dialog title. */
export function SessionHeading({ session }: { session: SessionDetail }) {
  return (
    <>
      <span title={session.workflow.name} className="min-w-0 truncate">
        {session.workflow.name}
      </span>
      <span className="font-mono text-muted text-sm max-sm:hidden">{shortId(session.id)}</span>
      <SessionStatusBadge session={session} />
      {session.backend === 'rehearsal' ? (
        <span className="rounded-sm bg-warn-soft px-1.5 font-medium text-sm text-warn">
          Rehearsal
        </span>
      ) : null}
    </>
  );
}

/** The first wave with an agent that is not settled. */
function currentWave(agents: readonly AgentView[]): number | null {
  const open = agents
    .filter(({ wave, status }) => wave > 0 && !isSettled(status))
    .map(({ wave }) => wave);
  return open.length === 0 ? null : Math.min(...open);
}

export function SessionBar({ session }: { session: SessionDetail }) {
  const settled = session.agents.filter(({ status }) => isSettled(status)).length;
  const wave = currentWave(session.agents);
  const isSettledSession = isSessionSettled(session.status);
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b px-4 py-1.5 text-muted">
      <ProgressBar agents={session.agents} />
      <span>
        {settled} of {plural(session.agents.length, 'agent')} settled
      </span>
      {session.workflowRound === null ? null : (
        <span>
          Round {session.workflowRound.number} of {session.workflowRound.most}
        </span>
      )}
      <span>{wave === null ? 'All waves settled' : `Wave ${wave} of ${session.waveCount}`}</span>
      {isQueued(session) ? null : (
        <LiveDuration milliseconds={(now) => sessionWorkedMs(session, now)} />
      )}
      <span title={session.costNote}>
        {formatCost(session.costUsd, session.usage.state === 'pending')}
      </span>
      <ConnectionNotice />
      {/* If they do not fit beside the text, they wrap together. */}
      <div className="ml-auto flex flex-wrap justify-end gap-x-4 gap-y-2">
        <ReconnectButton session={session} />
        <DownloadLink href={api.exportUrl(session.id)}>
          <Download aria-hidden size={14} /> Export
        </DownloadLink>
        {isSettledSession ? null : <CancelButton session={session} />}
      </div>
    </div>
  );
}

function ReconnectButton({ session }: { session: SessionDetail }) {
  const target = reconnectTarget(session);
  const reconnect = useAction(`${target} could not be reached`, () => api.reconnect(session.id), {
    done: ({ changed }) => (changed ? 'Up to date' : `${target} reports no changes`),
  });
  if (!session.resumable) return null;
  return (
    <ActionButton disabled={reconnect.isPending} onClick={() => reconnect.mutate()}>
      <RotateCw aria-hidden size={14} /> Reconnect
    </ActionButton>
  );
}

function CancelButton({ session }: { session: SessionDetail }) {
  const [isConfirming, setIsConfirming] = useState(false);
  const cancel = useAction('The session could not be cancelled', () => api.cancel(session.id));
  const isStopping = session.status === 'cancelling' || cancel.isPending;
  return (
    <>
      <ActionButton disabled={isStopping} onClick={() => setIsConfirming(true)}>
        <Square aria-hidden size={12} /> {isStopping ? 'Cancelling…' : 'Cancel'}
      </ActionButton>
      <ConfirmDialog
        open={isConfirming}
        onClose={() => setIsConfirming(false)}
        title="Cancel this session?"
        action="Cancel session"
        cancel="Keep running"
        onConfirm={() => cancel.mutate()}
      >
        {cancellationTexts(session).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <p>If you only close this dialog, the session continues.</p>
      </ConfirmDialog>
    </>
  );
}
