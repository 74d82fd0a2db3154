import { Save } from 'lucide-react';
import { useState } from 'react';
import type { EnhancedWorkflow } from '../../contract/enhance.ts';
import { conflictText } from '../../contract/enhance-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';
import { WorkflowDiff } from './workflow-diff.tsx';

/** Saves the edits of a session to the workflow file, after showing the resulting changes. */
export function SaveWorkflowButton({ session }: { session: SessionDetail }) {
  const [edited, setEdited] = useState<EnhancedWorkflow | null>(null);
  const read = useAction('The workflow could not be read', async () => {
    setEdited(await api.enhancedWorkflow(session.id));
  });
  const save = useAction(
    'The workflow was not saved',
    ({ path, text, hash }: EnhancedWorkflow) =>
      path === null
        ? api.createFile({ name: `${session.workflow.name} improved`, text })
        : api.saveFile({ path, text, expectedHash: hash }),
    { done: ({ path }) => `Saved to ${path}` },
  );
  const isAlreadySaved = edited !== null && edited.hash !== null && edited.changes.length === 0;
  const hasConflicts = edited !== null && edited.conflicts.length > 0;
  return (
    <>
      <ActionButton disabled={read.isPending || save.isPending} onClick={() => read.mutate()}>
        <Save aria-hidden size={14} /> Save workflow
      </ActionButton>
      <ConfirmDialog
        open={edited !== null}
        onClose={() => setEdited(null)}
        title={isAlreadySaved ? 'Nothing to save' : 'Save the edited workflow?'}
        action={isAlreadySaved ? 'Close' : hasConflicts ? 'Replace my changes' : 'Save'}
        cancel={isAlreadySaved ? 'Back' : 'Cancel'}
        tone={hasConflicts ? 'danger' : 'primary'}
        onConfirm={() => {
          if (edited !== null && !isAlreadySaved) save.mutate(edited);
        }}
      >
        <p>{edited === null ? '' : explanation(edited, isAlreadySaved)}</p>
        {edited !== null && hasConflicts ? <Conflicts edited={edited} /> : null}
        {edited === null || edited.changes.length === 0 ? null : (
          <WorkflowDiff changes={edited.changes} />
        )}
      </ConfirmDialog>
    </>
  );
}

/** What the user changed in the file and would lose. */
function Conflicts({ edited }: { edited: EnhancedWorkflow }) {
  return (
    <div role="alert" className="mt-3 rounded-md border border-danger p-3">
      <p>You changed these too since the session started. Saving replaces your changes:</p>
      <ul className="mt-1 list-disc pl-5">
        {edited.conflicts.map((conflict) => (
          <li key={`${conflict.subject} ${conflict.id}`}>{conflictText(conflict)}</li>
        ))}
      </ul>
    </div>
  );
}

function explanation({ path, hash, conflicts }: EnhancedWorkflow, isAlreadySaved: boolean): string {
  if (path === null) return 'The session did not come from a file. A new one is created.';
  if (isAlreadySaved) return `${path} already contains these edits.`;
  return hash === null
    ? `${path} no longer exists. It will be created again.`
    : `This changes ${path}. Your ${conflicts.length === 0 ? 'own' : 'other'} changes to it since the start are kept.`;
}
