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

/** What can be done with a session from the list. */
export function SessionActions({ session }: { session: SessionView }) {
  return (
    <div className="flex flex-wrap items-center gap-1 @4xl:w-86 @4xl:shrink-0 @4xl:justify-end">
      <ReconnectButton session={session} />
      <RefetchButton session={session} />
      <DownloadLink
        size="small"
        tone="quiet"
        href={api.exportUrl(session.id)}
        aria-label={`Export ${nameOf(session)}`}
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

/** Many rows have the same buttons: each says which session it is about, after the word that it shows. */
const nameOf = ({ workflow, id }: SessionView): string => `${workflow.name}, ${shortId(id)}`;

function RowButton({
  word,
  session,
  ...rest
}: { word: string; session: SessionView } & Omit<ButtonProps, 'children'>) {
  return (
    <ActionButton size="small" tone="quiet" aria-label={`${word} ${nameOf(session)}`} {...rest}>
      {word}
    </ActionButton>
  );
}

/** Asks Cursor and shows the session at once; what Cursor knows arrives on the screen there. */
function ReconnectButton({ session }: { session: SessionView }) {
  const reconnect = useAction(`${reconnectTarget(session)} could not be reached`, () =>
    api.reconnect(session.id),
  );
  return (
    <ActionButton
      size="small"
      tone="quiet"
      className="mr-1"
      aria-label={`Reconnect ${nameOf(session)}`}
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
    <RowButton word="Restore" session={session} onClick={() => restore(ids)} />
  ) : (
    <RowButton word="Dismiss" session={session} onClick={() => dismiss({ ids })} />
  );
}

function CancelButton({ session }: { session: SessionView }) {
  const [isAsking, setIsAsking] = useState(false);
  const cancel = useAction('The session could not be cancelled', () => api.cancel(session.id));
  const isStopping = session.status === 'cancelling' || cancel.isPending;
  return (
    <>
      <RowButton
        word={isStopping ? 'Cancelling…' : 'Cancel'}
        session={session}
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
  const hasRun = session.agents.some(isInCloud);
  if (!hasRun) return null;
  return (
    <RowButton
      word={refetch.isPending ? 'Fetching…' : 'Refetch artifacts'}
      session={session}
      disabled={refetch.isPending}
      onClick={() => refetch.mutate()}
    />
  );
}
