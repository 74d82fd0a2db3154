import { FlaskConical, LoaderCircle } from 'lucide-react';
import { useEditor } from '../canvas/editor.ts';
import { Dialog } from '../design/dialog.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { Failure } from '../kernel/failure.tsx';
import { useSession } from '../kernel/queries.ts';
import { closeDialog, useRoute } from '../kernel/route.ts';
import { PreRunDialog } from './pre-run/pre-run-dialog.tsx';
import { SessionHeading } from './session-bar.tsx';
import { SessionScreen } from './session-screen.tsx';

/** Before a session, what a run would do; afterwards, the session. Closing the dialog stops nothing. */
export function ExecutionDialog() {
  const { session, agent } = useRoute();
  if (session !== null) return <SessionDialog id={session} />;
  return <OpenWorkflowPreRun onlyAgentId={agent} />;
}

function OpenWorkflowPreRun({ onlyAgentId }: { onlyAgentId: string | null }) {
  const { file } = useRoute();
  const editor = useEditor();
  const isReading = editor.status === 'loading' || editor.status === 'closed';
  if (file !== null && isReading)
    return (
      <Dialog title="Execution" open onClose={closeDialog} width="small">
        <div className="p-4">
          <Loading>Reading the workflow…</Loading>
        </div>
      </Dialog>
    );
  if (editor.status !== 'open')
    return (
      <Dialog title="Execution" open onClose={closeDialog} width="small">
        <EmptyState icon={FlaskConical} title="Nothing to run">
          Open a workflow first.
        </EmptyState>
      </Dialog>
    );
  return (
    <PreRunDialog workflow={editor.history.present} path={editor.path} onlyAgentId={onlyAgentId} />
  );
}

/** One dialog from the first frame, so that nothing jumps when the session is loaded. */
function SessionDialog({ id }: { id: string }) {
  const session = useSession(id);
  return (
    <Dialog
      title="Execution"
      open
      onClose={closeDialog}
      width={session.isError && session.data === undefined ? 'small' : 'full'}
      header={session.data === undefined ? null : <SessionHeading session={session.data} />}
    >
      {session.data === undefined ? (
        <div className="p-4">
          {session.isError ? (
            <Failure error={session.error} onRetry={() => void session.refetch()} />
          ) : (
            <Loading>Loading the session…</Loading>
          )}
        </div>
      ) : (
        <SessionScreen session={session.data} />
      )}
    </Dialog>
  );
}

function Loading({ children }: { children: string }) {
  return (
    <p role="status" className="flex items-center gap-2 text-muted">
      <LoaderCircle aria-hidden size={14} /> {children}
    </p>
  );
}
