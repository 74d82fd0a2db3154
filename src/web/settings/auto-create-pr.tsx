import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { plural, repositoryName } from '../../lib/format.ts';
import { updateCloud } from '../../workflow/edit/operations.ts';
import { maxPullRequests } from '../../workflow/extent.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit } from '../canvas/editor.ts';
import { ConfirmDialog } from '../design/confirm-dialog.tsx';
import { Field, NativeSelect } from '../design/field.tsx';
import { Switch } from '../design/switch.tsx';
import { useIsOffline } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { queryKeys } from '../kernel/queries.ts';
import { useAction } from '../kernel/use-action.ts';

/** Lets agents open pull requests. Confirmed once per workflow, and again before the first run. */
export function AutoCreatePr({ workflow }: { workflow: Workflow }) {
  const [isConfirming, setIsConfirming] = useState(false);
  const { cloud } = workflow.settings;
  const isOffline = useIsOffline();
  const { data } = useQuery({
    queryKey: queryKeys.confirmations(workflow.id),
    queryFn: () => api.confirmations(workflow.id),
  });
  const isConfirmed = data?.items.some(
    ({ kind, confirmedAt }) => kind === 'auto-create-pr-enable' && confirmedAt !== null,
  );
  const enable = useAction('Auto-create PR was not turned on', async () => {
    await api.confirm({ workflowId: workflow.id, kind: 'auto-create-pr-enable' });
    edit(updateCloud({ autoCreatePR: true }));
  });
  const setEnabled = (isOn: boolean) => {
    if (isOn && isConfirmed !== true) setIsConfirming(true);
    else edit(updateCloud({ autoCreatePR: isOn }));
  };
  const maxCount = maxPullRequests(workflow, cloud.repos.length);
  const repositoryNames = cloud.repos.map(({ url }) => repositoryName(url)).join(', ');

  return (
    <div className="flex flex-col gap-3">
      <Switch
        label="Auto-create PR"
        hint="Opens pull requests for the changes made by agents. Others will see them."
        checked={cloud.autoCreatePR}
        // The confirmation needs the daemon.
        disabled={isOffline && isConfirmed !== true && !cloud.autoCreatePR}
        onChange={setEnabled}
      />
      {cloud.autoCreatePR ? (
        <Field label="Who opens pull requests" className="ml-10 w-72">
          <NativeSelect
            value={cloud.pullRequests}
            onChange={(event) =>
              edit(
                updateCloud({
                  pullRequests: event.target.value === 'each-agent' ? 'each-agent' : 'final-agents',
                }),
              )
            }
          >
            <option value="final-agents">Final agents only</option>
            <option value="each-agent">Each agent</option>
          </NativeSelect>
        </Field>
      ) : null}
      <ConfirmDialog
        open={isConfirming}
        onClose={() => setIsConfirming(false)}
        title="Let agents open pull requests?"
        action="Enable Auto-create PR"
        cancel="Keep it off"
        tone="primary"
        onConfirm={() => enable.mutate()}
      >
        <p>
          {cloud.repos.length === 0
            ? 'A run may open pull requests in every repository target that you add.'
            : `A run may open up to ${plural(maxCount, 'pull request')} in ${repositoryNames}.`}
        </p>
        <p>
          People who watch these repositories are notified, and checks start. The first run asks
          again.
        </p>
      </ConfirmDialog>
    </div>
  );
}
