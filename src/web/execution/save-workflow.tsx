import { Save } from 'lucide-react';
import { useState } from 'react';
import type { EnhancedWorkflow } from '../../contract/enhance.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';
import { WorkflowDiff } from './workflow-diff.tsx';

/** Brings the edits of a session into its file, once the person has seen what the file becomes. */
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
  const isCurrent = edited !== null && edited.hash !== null && edited.changes.length === 0;
  return (
    <>
      <ActionButton disabled={read.isPending || save.isPending} onClick={() => read.mutate()}>
        <Save aria-hidden size={14} /> Save workflow
      </ActionButton>
      <ConfirmDialog
        open={edited !== null}
        onClose={() => setEdited(null)}
        title={isCurrent ? 'Nothing to save' : 'Save the edited workflow?'}
        action={isCurrent ? 'Close' : 'Save'}
        cancel={isCurrent ? 'Back' : 'Cancel'}
        tone="primary"
        onConfirm={() => {
          if (edited !== null && !isCurrent) save.mutate(edited);
        }}
      >
        <p>{edited === null ? '' : explanationOf(edited, isCurrent)}</p>
        {edited === null || edited.changes.length === 0 ? null : (
          <WorkflowDiff changes={edited.changes} />
        )}
      </ConfirmDialog>
    </>
  );
}

function explanationOf({ path, hash }: EnhancedWorkflow, isCurrent: boolean): string {
  if (path === null) return 'The session did not come from a file. A new one is created.';
  if (isCurrent) return `${path} already contains these edits.`;
  return hash === null
    ? `${path} no longer exists. It will be created again.`
    : `This changes ${path}. Your own changes to it since the start are kept.`;
}
