import { LoaderCircle } from 'lucide-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import type { ApplyAllPlanView, RepositoryChanges } from '../../contract/changes.ts';
import { cleanText } from '../../lib/clean-text.ts';
import { listOf, plural, repositoryName } from '../../lib/format.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Switch } from '../design/switch.tsx';
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
  const { plan, loadPlan, apply } = useApplyAll(subject, repositories, onClose);
  const [withMarkers, setWithMarkers] = useState(false);
  useEffect(() => loadPlan(), [loadPlan]);
  const folders = plan.data?.folders ?? [];
  const count = folders.reduce((sum, { files }) => sum + files.length, 0);
  const conflicts = folders.flatMap((folder) => folder.conflicts);
  const isBlocked = conflicts.some(({ kind }) => kind === 'in-the-way');
  const hasConflicts =
    conflicts.length > 0 || repositories.some((repository) => repository.conflicts.length > 0);
  const canApply = count > 0 && !isBlocked && (!hasConflicts || withMarkers);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (plan.data !== undefined && canApply)
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
            disabled={!canApply || apply.isPending}
          >
            {apply.isPending
              ? 'Applying…'
              : count === 0
                ? 'Apply'
                : `Apply ${plural(count, 'file')}`}
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
        {plan.data === undefined ? null : <Plan plan={plan.data} />}
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

function Plan({ plan: { folders, left } }: { plan: ApplyAllPlanView }) {
  return (
    <>
      {left.map(({ repoUrl, place, agentNames, message }) => (
        <Callout
          key={`${place} ${repoUrl}`}
          tone="warning"
          title={`The changes of ${listOf(agentNames)} in ${repositoryName(repoUrl)} are left out`}
        >
          {message} Choose <em>Apply to folder…</em> for that repository and name the folder.
        </Callout>
      ))}
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
}: ApplyAllPlanView['folders'][number]['work'][number]): string {
  const where = place === 'local' ? 'on this machine' : `in the cloud: ${repositoryName(repoUrl)}`;
  return cleanText(`${listOf(agentNames)}, ${where}`);
}
