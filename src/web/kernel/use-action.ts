import { useMutation, useQueryClient } from '@tanstack/react-query';
import { showToast } from '../design/toasts.tsx';
import { reportFailure } from './failure.tsx';

/** Something a person asked for: its failure is told, and the views are read again when it is over. */
export function useAction<Answer, Input = void>(
  failure: string,
  run: (input: Input) => Promise<Answer>,
  { done }: { done?: (answer: Answer) => string } = {},
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: (answer) => {
      if (done) showToast({ title: done(answer) });
    },
    onError: (error) => reportFailure(failure, error),
    onSettled: () => client.invalidateQueries(),
  });
}
