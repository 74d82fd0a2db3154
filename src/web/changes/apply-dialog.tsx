import { type FormEvent, useEffect, useId, useState } from 'react';
import type { RepositoryChanges } from '../../contract/changes.ts';
import { plural, repositoryName } from '../../lib/format.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Field } from '../design/field.tsx';
import { Switch } from '../design/switch.tsx';
import { FolderInput } from '../folders/folder-input.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { ApplyPlan } from './apply-plan.tsx';
import { useApply } from './use-apply.ts';
import type { Subject } from './use-changes.ts';

type ApplyProps = {
  subject: Subject;
  repository: RepositoryChanges;
  folder: string | null;
  onClose: () => void;
};

/** Shows what applying would do to a folder, and applies the changes after confirmation. */
export function ApplyDialog({ subject, repository, folder: presetFolder, onClose }: ApplyProps) {
  const formId = useId();
  const { folder, setFolder, plan, loadPlan, apply } = useApply(
    subject,
    repository,
    presetFolder,
    onClose,
  );
  const [withMarkers, setWithMarkers] = useState(false);
  // The plan for a known folder is loaded at once; otherwise the user has to enter one first.
  useEffect(() => {
    if (presetFolder !== null) loadPlan(presetFolder);
  }, [presetFolder, loadPlan]);
  const hasConflicts =
    repository.conflicts.length > 0 || (plan.data !== undefined && plan.data.conflicts.length > 0);
  const isBlocked = plan.data?.conflicts.some(({ kind }) => kind === 'in-the-way') === true;
  const isReady = plan.data !== undefined && plan.data.files.length > 0;
  const canApply = isReady && !isBlocked && (!hasConflicts || withMarkers);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (plan.data === undefined) loadPlan(folder);
    else if (canApply) apply.mutate({ planId: plan.data.planId, withMarkers });
  };
  return (
    <Dialog
      title="Apply to folder"
      open
      onClose={onClose}
      header={<span className="truncate text-muted">{repositoryName(repository.repoUrl)}</span>}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {plan.data === undefined ? (
            <ActionButton
              type="submit"
              form={formId}
              tone="primary"
              disabled={plan.isPending || folder.trim() === ''}
            >
              {plan.isPending ? 'Comparing…' : 'Show what would change'}
            </ActionButton>
          ) : (
            <ActionButton
              type="submit"
              form={formId}
              tone="primary"
              disabled={!canApply || apply.isPending}
            >
              {apply.isPending ? 'Applying…' : `Apply ${plural(plan.data.files.length, 'file')}`}
            </ActionButton>
          )}
        </>
      }
    >
      <form
        id={formId}
        onSubmit={submit}
        className="scroll-thin flex min-h-0 flex-col gap-4 overflow-y-auto p-4"
      >
        <Field
          label="Folder"
          hint={
            presetFolder === null
              ? 'A clone of the repository on this machine, as an absolute path.'
              : 'Your uncommitted changes there are kept; the work is merged with them.'
          }
        >
          <FolderInput value={folder} placeholder="/home/me/shop" onChange={setFolder} />
        </Field>
        {plan.isError ? <Failure error={plan.error} /> : null}
        {apply.isError ? <Failure error={apply.error} /> : null}
        {plan.data === undefined ? null : <ApplyPlan plan={plan.data} />}
        {hasConflicts && isReady && !isBlocked ? (
          <Switch
            label="Write conflict markers"
            hint="Files that cannot be merged get both versions, marked as git marks them. Otherwise nothing is applied."
            checked={withMarkers}
            onChange={setWithMarkers}
          />
        ) : null}
      </form>
    </Dialog>
  );
}
