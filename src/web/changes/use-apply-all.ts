import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { RepositoryChanges } from '../../contract/changes.ts';
import { ApiError } from '../../contract/errors.ts';
import { plural } from '../../lib/format.ts';
import { showToast } from '../design/toasts.tsx';
import { api } from '../kernel/api.ts';
import { lastClone, rememberClone } from './last-clone.ts';
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
  const [known] = useState(() => repositories.flatMap(({ repoUrl }) => lastClone(repoUrl) ?? []));
  const [named, setNamed] = useState<NamedClones>({});
  const requestFor = (clones: NamedClones) => ({
    clones: [...known, ...Object.values(clones)],
    ...(agent !== null && { agent: agent.id }),
  });
  const {
    mutate,
    variables: planned = {},
    ...plan
  } = useMutation({
    mutationFn: (clones: NamedClones) => api.planApplyAll(session.id, requestFor(clones)),
  });
  const loadPlan = useCallback(() => mutate(withoutBlanks(named)), [mutate, named]);
  useEffect(() => mutate({}), [mutate]);
  const apply = useMutation({
    mutationFn: ({ planId, withMarkers }: { planId: string; withMarkers: boolean }) =>
      api.applyAllChanges(session.id, {
        ...requestFor(planned),
        planId,
        onConflict: withMarkers ? 'markers' : 'refuse',
      }),
    onSuccess: ({ folders }) => {
      const skipped = new Set(plan.data?.left.map(({ repoUrl }) => repoUrl));
      for (const [repoUrl, folder] of Object.entries(planned))
        if (!skipped.has(repoUrl)) rememberClone(repoUrl, folder);
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
  return {
    plan,
    loadPlan,
    apply,
    clones: {
      named,
      planned,
      /** Whether a folder was named or changed after the plan was made. */
      isOutdated: !isEqual(withoutBlanks(named), planned),
      name: (repoUrl: string, folder: string) => setNamed({ ...named, [repoUrl]: folder }),
    },
  };
}

/** Folders that the user names as clones, by the address of the repository. */
export type NamedClones = Readonly<Record<string, string>>;

function withoutBlanks(named: NamedClones): NamedClones {
  const trimmed = Object.entries(named).map(([repoUrl, folder]) => [repoUrl, folder.trim()]);
  return Object.fromEntries(trimmed.filter(([, folder]) => folder !== ''));
}

const isEqual = (one: NamedClones, other: NamedClones): boolean =>
  Object.keys({ ...one, ...other }).every((repoUrl) => one[repoUrl] === other[repoUrl]);
