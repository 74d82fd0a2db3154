import { LoaderCircle } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import type { ApplyAllPlanView, RepositoryChanges } from '../../contract/changes.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { listOf, plural, repositoryName } from '../../lib/format.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Field } from '../design/field.tsx';
import { Switch } from '../design/switch.tsx';
import { FolderInput } from '../folders/folder-input.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { Failure } from '../kernel/failure.tsx';
import { ApplyPlan } from './apply-plan.tsx';
import { useApplyAll } from './use-apply-all.ts';
import type { Subject } from './use-changes.ts';

type ApplyAllProps = {
  subject: Subject;
  repositories: readonly RepositoryChanges[];
  onClose: () => void;
};

/** Shows what applying all changes would do to each folder, and applies them after confirmation. */
export function ApplyAllDialog({ subject, repositories, onClose }: ApplyAllProps) {
  const formId = useId();
  const { plan, loadPlan, apply, clones } = useApplyAll(subject, repositories, onClose);
  const [withMarkers, setWithMarkers] = useState(false);
  const folders = plan.data?.folders ?? [];
  const count = folders.reduce((sum, { files }) => sum + files.length, 0);
  const conflicts = folders.flatMap((folder) => folder.conflicts);
  const isBlocked = conflicts.some(({ kind }) => kind === 'in-the-way');
  const hasConflicts =
    conflicts.length > 0 || repositories.some((repository) => repository.conflicts.length > 0);
  const canApply = count > 0 && !isBlocked && (!hasConflicts || withMarkers);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (clones.isOutdated) loadPlan();
    else if (plan.data !== undefined && canApply)
      apply.mutate({ planId: plan.data.planId, withMarkers });
  };
  return (
    <Dialog
      title="Apply all changes"
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <ActionButton
            type="submit"
            form={formId}
            tone="primary"
            disabled={plan.isPending || apply.isPending || !(canApply || clones.isOutdated)}
          >
            {submitLabel({ isOutdated: clones.isOutdated, isApplying: apply.isPending, count })}
          </ActionButton>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={submit}
        className="scroll-thin flex min-h-0 flex-col gap-4 overflow-y-auto p-4"
      >
        {plan.isPending ? (
          <p role="status" className="flex items-center gap-2 text-muted">
            <LoaderCircle aria-hidden size={14} className="animate-spin" />
            Comparing with your folders…
          </p>
        ) : null}
        {plan.isError ? <Failure error={plan.error} onRetry={loadPlan} /> : null}
        {apply.isError ? <Failure error={apply.error} /> : null}
        {plan.data === undefined ? null : <Plan plan={plan.data} clones={clones} />}
        {hasConflicts && count > 0 && !isBlocked ? (
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

type Skipped = ApplyAllPlanView['left'][number];
type Clones = ReturnType<typeof useApplyAll>['clones'];

function Plan({ plan: { folders, left }, clones }: { plan: ApplyAllPlanView; clones: Clones }) {
  return (
    <>
      {left.map((skipped) =>
        skipped.place === 'cloud' && skipped.code === 'folder_unnamed' ? (
          <CloneField key={`cloud ${skipped.repoUrl}`} skipped={skipped} clones={clones} />
        ) : (
          <Callout
            key={`${skipped.place} ${skipped.repoUrl}`}
            tone="warning"
            title={`The changes of ${listOf(skipped.agentNames)} in ${repositoryName(skipped.repoUrl)} are left out`}
          >
            {skipped.message} Choose <em>Apply to folder…</em> for that repository and name the
            folder.
          </Callout>
        ),
      )}
      {folders.map((folder) => (
        <section
          key={folder.folder}
          aria-label={folder.folder}
          className="flex flex-col gap-2 border-t pt-4 first:border-t-0 first:pt-0"
        >
          <p className="text-muted text-sm">{folder.work.map(workText).join('; ')}</p>
          <ApplyPlan plan={folder} />
        </section>
      ))}
    </>
  );
}

/** `Planner and Tester, on this machine`. */
function workText({
  place,
  repoUrl,
  agentNames,
}: Pick<Skipped, 'place' | 'repoUrl' | 'agentNames'>): string {
  const where = place === 'local' ? 'on this machine' : `in the cloud: ${repositoryName(repoUrl)}`;
  return cleanText(`${listOf(agentNames)}, ${where}`);
}

/** Asks for a clone of a repository that cloud agents worked on. */
function CloneField({
  skipped,
  clones: { named, planned, name },
}: {
  skipped: Skipped;
  clones: Clones;
}) {
  const { repoUrl } = skipped;
  const folder = named[repoUrl] ?? '';
  const isRejected = planned[repoUrl] !== undefined && planned[repoUrl] === folder.trim();
  return (
    <Field
      label={workText(skipped)}
      hint="The folder of your clone of it, as an absolute path. Without one, these changes are left out."
      problems={
        isRejected ? [{ severity: 'error', message: `${folder.trim()} is not a clone of it.` }] : []
      }
    >
      <FolderInput
        value={folder}
        placeholder="/home/me/shop"
        onChange={(path) => name(repoUrl, path)}
      />
    </Field>
  );
}

const submitLabel = (now: { isOutdated: boolean; isApplying: boolean; count: number }): string => {
  if (now.isApplying) return 'Applying…';
  if (now.isOutdated) return 'Show what would change';
  return now.count === 0 ? 'Apply' : `Apply ${plural(now.count, 'file')}`;
};
