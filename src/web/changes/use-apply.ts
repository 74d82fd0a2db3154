import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { RepositoryChanges } from '../../contract/changes.ts';
import { ApiError } from '../../contract/errors.ts';
import { plural } from '../../lib/format.ts';
import { showToast } from '../design/toasts.tsx';
import { api } from '../kernel/api.ts';
import { lastClone, rememberClone } from './last-clone.ts';
import type { Subject } from './use-changes.ts';
import { useUndo } from './use-undo.ts';

/** Plans applying changes to a folder, and applies the plan. */
export function useApply(
  { session, agent }: Subject,
  { repoUrl }: RepositoryChanges,
  presetFolder: string | null,
  onDone: () => void,
) {
  const client = useQueryClient();
  const undo = useUndo(session.id);
  const [folder, setText] = useState(presetFolder ?? lastClone(repoUrl) ?? '');
  const target = { repoUrl, ...(agent !== null && { agent: agent.id }) };
  const plan = useMutation({
    mutationFn: (where: string) => api.planApply(session.id, { ...target, folder: where.trim() }),
  });
  const apply = useMutation({
    mutationFn: ({ planId, withMarkers }: { planId: string; withMarkers: boolean }) =>
      api.applyChanges(session.id, {
        ...target,
        folder: folder.trim(),
        planId,
        onConflict: withMarkers ? 'markers' : 'refuse',
      }),
    onSuccess: ({ undoId, folder: changed, files, conflicts }) => {
      if (presetFolder === null) rememberClone(repoUrl, folder.trim());
      const marked = conflicts.length === 0 ? '' : `, ${conflicts.length} with conflict markers`;
      showToast({
        title: `Applied ${plural(files.length, 'file')}${marked}`,
        description: changed,
        tone: 'success',
        ...(undoId !== null && { action: { label: 'Undo', run: () => undo.mutate(undoId) } }),
      });
      onDone();
    },
    onError: (error) => {
      // The plan is outdated: load a new one, which is shown below the error.
      if (error instanceof ApiError && error.code === 'plan_outdated') plan.mutate(folder);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['changes', session.id] }),
  });
  const { mutate: loadPlan, reset: forgetPlan } = plan;
  const { reset: forgetFailure } = apply;
  // A plan applies to one folder only.
  const setFolder = useCallback(
    (text: string) => {
      setText(text);
      forgetPlan();
      forgetFailure();
    },
    [forgetPlan, forgetFailure],
  );
  return { folder, setFolder, plan, loadPlan, apply };
}
