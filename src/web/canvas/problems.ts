import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Problem } from '../../contract/error-views.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { api } from '../kernel/api.ts';

const typingPauseMs = 200;

/** The value as it was when it last rested for a moment. */
export function useRested<Value>(value: Value): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), typingPauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

const none: readonly Problem[] = [];

/** What the daemon finds wrong with the document as it stands, a moment after the last edit. */
export function useProblems(workflow: Workflow): readonly Problem[] {
  const rested = useRested(workflow);
  const { data } = useQuery({
    queryKey: ['problems', rested],
    queryFn: () => api.validate({ workflow: rested }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  return data?.problems ?? none;
}

/** Those at a place of the document or below it. */
export function problemsAt(
  problems: readonly Problem[],
  ...place: readonly (string | number)[]
): Problem[] {
  return problems.filter(({ path }) => place.every((key, index) => path[index] === key));
}
