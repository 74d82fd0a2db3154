import { useState } from 'react';
import { isInCloud } from '../../contract/agent-location.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { shortId } from '../../lib/format.ts';
import type { ButtonProps } from '../design/button.tsx';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { cancellationTexts, reconnectTarget } from '../design/session-text.ts';
import { isSessionSettled } from '../design/status.tsx';
import { ActionButton, DownloadLink } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { openExecution } from '../kernel/route.ts';
import { useAction } from '../kernel/use-action.ts';
import { useDismissal } from './dismissal.ts';

/** The actions on a session in the list. */
export function SessionActions({ session }: { session: SessionView }) {
  return (
    <div className="flex flex-wrap items-center gap-1 @4xl:w-86 @4xl:shrink-0 @4xl:justify-end">
      <ReconnectButton session={session} />
      <RefetchButton session={session} />
      <DownloadLink
        size="small"
        tone="quiet"
        href={api.exportUrl(session.id)}
        aria-label={`Export ${sessionLabel(session)}`}
      >
        Export
      </DownloadLink>
      {session.isDismissed || isSessionSettled(session.status) ? (
        <DismissButton session={session} />
      ) : (
        <CancelButton session={session} />
      )}
    </div>
  );
}

/** Rows have the same buttons, so the accessible name says which session each one is for. */
const sessionLabel = ({ workflow, id }: SessionView): string => `${workflow.name}, ${shortId(id)}`;

function RowButton({
  label,
  session,
  ...rest
}: { label: string; session: SessionView } & Omit<ButtonProps, 'children'>) {
  return (
    <ActionButton
      size="small"
      tone="quiet"
      aria-label={`${label} ${sessionLabel(session)}`}
      {...rest}
    >
      {label}
    </ActionButton>
  );
}

/** Reconnects and opens the session at once; updates appear there. */
function ReconnectButton({ session }: { session: SessionView }) {
  const reconnect = useAction(`${reconnectTarget(session)} could not be reached`, () =>
    api.reconnect(session.id),
  );
  return (
    <ActionButton
      size="small"
      tone="quiet"
      className="mr-1"
      aria-label={`Reconnect ${sessionLabel(session)}`}
      onClick={() => {
        if (session.resumable) reconnect.mutate();
        openExecution(session.id);
      }}
    >
      Reconnect
    </ActionButton>
  );
}

function DismissButton({ session }: { session: SessionView }) {
  const { dismiss, restore } = useDismissal();
  const ids = [session.id];
  return session.isDismissed ? (
    <RowButton label="Restore" session={session} onClick={() => restore(ids)} />
  ) : (
    <RowButton label="Dismiss" session={session} onClick={() => dismiss({ ids })} />
  );
}

function CancelButton({ session }: { session: SessionView }) {
  const [isConfirming, setIsConfirming] = useState(false);
  const cancel = useAction('The session could not be cancelled', () => api.cancel(session.id));
  const isStopping = session.status === 'cancelling' || cancel.isPending;
  return (
    <>
      <RowButton
        label={isStopping ? 'Cancelling…' : 'Cancel'}
        session={session}
        disabled={isStopping}
        className="hover:text-danger"
        onClick={() => setIsConfirming(true)}
      />
      <ConfirmDialog
        open={isConfirming}
        onClose={() => setIsConfirming(false)}
        title={`Cancel “${session.workflow.name}”?`}
        action="Cancel session"
        cancel="Keep running"
        onConfirm={() => cancel.mutate()}
      >
        {cancellationTexts(session).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </ConfirmDialog>
    </>
  );
}

function RefetchButton({ session }: { session: SessionView }) {
  const refetch = useAction(
    'The artifacts could not be downloaded',
    () => api.refetchArtifacts(session.id),
    { done: () => 'Artifacts are up to date' },
  );
  const hasCloudAgents = session.agents.some(isInCloud);
  if (!hasCloudAgents) return null;
  return (
    <RowButton
      label={refetch.isPending ? 'Fetching…' : 'Refetch artifacts'}
      session={session}
      disabled={refetch.isPending}
      onClick={() => refetch.mutate()}
    />
  );
}
