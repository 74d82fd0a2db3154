import { useMutation, useQueryClient } from '@tanstack/react-query';
import { showToast } from '../design/toasts.tsx';
import { reportFailure } from './failure.tsx';

/** A mutation for a user action: a failure is shown as a toast, and all views are refetched when it has ended. */
export function useAction<Result, Input = void>(
  failure: string,
  run: (input: Input) => Promise<Result>,
  { done }: { done?: (result: Result) => string } = {},
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: (result) => {
      if (done) showToast({ title: done(result) });
    },
    onError: (error) => reportFailure(failure, error),
    onSettled: () => client.invalidateQueries(),
  });
}
