import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RepositoryChanges } from '../../contract/changes.ts';
import { ApiError } from '../../contract/errors.ts';
import { plural } from '../../lib/format.ts';
import { showToast } from '../design/toasts.tsx';
import { api } from '../kernel/api.ts';
import { lastClone } from './last-clone.ts';
import type { Subject } from './use-changes.ts';
import { useUndo } from './use-undo.ts';

/** Plans applying all changes, and applies the plan. */
export function useApplyAll(
  { session, agent }: Subject,
  repositories: readonly RepositoryChanges[],
  onDone: () => void,
) {
  const client = useQueryClient();
  const undo = useUndo(session.id);
  // Fixed while the dialog is open: a clone chosen meanwhile would change the plan.
  const [clones] = useState(() => repositories.flatMap(({ repoUrl }) => lastClone(repoUrl) ?? []));
  const target = { clones, ...(agent !== null && { agent: agent.id }) };
  const { mutate: loadPlan, ...plan } = useMutation({
    mutationFn: () => api.planApplyAll(session.id, target),
  });
  const apply = useMutation({
    mutationFn: ({ planId, withMarkers }: { planId: string; withMarkers: boolean }) =>
      api.applyAllChanges(session.id, {
        ...target,
        planId,
        onConflict: withMarkers ? 'markers' : 'refuse',
      }),
    onSuccess: ({ folders }) => {
      const changed = folders.filter(({ files }) => files.length > 0);
      const count = changed.reduce((sum, { files }) => sum + files.length, 0);
      const marked = changed.reduce((sum, { conflicts }) => sum + conflicts.length, 0);
      showToast({
        title: `Applied ${plural(count, 'file')}${marked === 0 ? '' : `, ${marked} with conflict markers`}`,
        description: changed.map(({ folder }) => folder).join(', '),
        tone: 'success',
        action: { label: 'Undo', run: () => undo.mutate(undefined) },
      });
      onDone();
    },
    onError: (error) => {
      // The plan is outdated: load a new one, which is shown below the error.
      if (error instanceof ApiError && error.code === 'plan_outdated') loadPlan();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['changes', session.id] }),
  });
  return { plan, loadPlan, apply };
}
