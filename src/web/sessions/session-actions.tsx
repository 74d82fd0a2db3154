import { Archive, ArchiveRestore, CircleStop, Download, PackageOpen } from 'lucide-react';
import { useState } from 'react';
import type { SessionView } from '../../server/contract/views.ts';
import { api } from '../app/api.ts';
import { openExecution } from '../app/place.ts';
import { useAction } from '../app/use-action.ts';
import { Button } from '../design/button.tsx';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { count } from '../design/format.ts';
import { IconButton } from '../design/icon-button.tsx';
import { isSessionSettled } from '../design/status.tsx';
import { useDismissal } from './dismissal.ts';

/** What can be done with a session from the list. */
export function SessionActions({ session }: { session: SessionView }) {
  const isSettled = isSessionSettled(session.status);
  const { dismiss, restore } = useDismissal();
  return (
    <div className="flex w-56 shrink-0 items-center justify-end gap-1">
      <ReconnectButton session={session} />
      <RefetchButton session={session} />
      <a
        href={api.exportAddress(session.id)}
        download
        aria-label="Export"
        title="Export"
        className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
      >
        <Download aria-hidden size={16} />
      </a>
      {session.isDismissed ? (
        <IconButton label="Restore" icon={ArchiveRestore} onClick={() => restore(session.id)} />
      ) : isSettled ? (
        <IconButton label="Dismiss" icon={Archive} onClick={() => dismiss([session.id])} />
      ) : (
        <CancelButton session={session} />
      )}
    </div>
  );
}

/** Asks Cursor and shows the session at once; what Cursor knows arrives on the screen there. */
function ReconnectButton({ session }: { session: SessionView }) {
  const reconnect = useAction('Cursor could not be asked', () => api.reconnect(session.id));
  return (
    <Button
      size="small"
      // What is settled can be looked at; only where something goes on does coming back have a hurry.
      tone={isSessionSettled(session.status) ? 'plain' : 'primary'}
      className="mr-1"
      onClick={() => {
        if (session.resumable) reconnect.mutate();
        openExecution(session.id);
      }}
    >
      Reconnect
    </Button>
  );
}

function CancelButton({ session }: { session: SessionView }) {
  const [isAsking, setIsAsking] = useState(false);
  const cancel = useAction('The session could not be cancelled', () => api.cancel(session.id));
  const isStopping = session.status === 'cancelling' || cancel.isPending;
  return (
    <>
      <IconButton
        label={isStopping ? 'Stopping…' : 'Cancel'}
        icon={CircleStop}
        disabled={isStopping}
        className="hover:text-danger"
        onClick={() => setIsAsking(true)}
      />
      <ConfirmDialog
        open={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Cancel “${session.workflow.name}”?`}
        action="Cancel session"
        cancel="Keep running"
        onConfirm={() => cancel.mutate()}
      >
        <p>
          Its agents are stopped and their VMs on Cursor shut down. What they pushed stays, and{' '}
          {count(session.agents.length, 'agent')} will not go on by themselves.
        </p>
      </ConfirmDialog>
    </>
  );
}

function RefetchButton({ session }: { session: SessionView }) {
  const refetch = useAction(
    'The artifacts could not be fetched',
    () => api.refetchArtifacts(session.id),
    { done: () => 'Artifacts are up to date' },
  );
  const hasRun = session.agents.some(({ cursorAgentId }) => cursorAgentId !== null);
  if (!hasRun) return null;
  return (
    <IconButton
      label={refetch.isPending ? 'Fetching…' : 'Refetch artifacts'}
      icon={PackageOpen}
      disabled={refetch.isPending}
      onClick={() => refetch.mutate()}
    />
  );
}
