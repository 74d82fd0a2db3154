import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Problem } from '../../contract/error-views.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { api } from '../kernel/api.ts';
import { useDebounced } from '../kernel/use-debounced.ts';

const none: readonly Problem[] = [];

/** The daemon's validation of the current document, shortly after the last edit. */
export function useProblems(workflow: Workflow): readonly Problem[] {
  const debounced = useDebounced(workflow);
  const { data } = useQuery({
    queryKey: ['problems', debounced],
    queryFn: () => api.validate({ workflow: debounced }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  return data?.problems ?? none;
}

/** The problems at a path of the document or below it. */
export function problemsAt(
  problems: readonly Problem[],
  ...prefix: readonly (string | number)[]
): Problem[] {
  return problems.filter(({ path }) => prefix.every((key, index) => path[index] === key));
}
