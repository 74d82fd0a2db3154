import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Problem } from '../../contract/error-views.ts';
import type { LocalSummary } from '../../contract/preflight-views.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { problemsAt } from '../canvas/problems.ts';
import { api } from '../kernel/api.ts';
import { useDebounced } from '../kernel/use-debounced.ts';

/** What a local run would use and enforce with the current settings. */
export type LocalPlan = {
  /** Null while it is unknown, or if there is no folder to work in. */
  readonly summary: LocalSummary | null;
  readonly folderProblems: readonly Problem[];
};

const unknownPlan: LocalPlan = { summary: null, folderProblems: [] };

/** Queries the daemon, because folder, sandbox and git depend on the machine. */
export function useLocalPlan(workflow: Workflow, path: string): LocalPlan {
  const { settings } = useDebounced(workflow);
  const { data } = useQuery({
    queryKey: ['local-plan', path, settings],
    queryFn: async (): Promise<LocalPlan> => {
      const { summary, problems } = await api.preflight({ workflow, path });
      return {
        summary: summary?.local ?? null,
        folderProblems: problemsAt(problems, 'settings', 'local', 'folder'),
      };
    },
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  return data ?? unknownPlan;
}
