import { useQueryClient } from '@tanstack/react-query';
import type { FileContent } from '../../contract/responses.ts';
import { closeToast } from '../design/toasts.tsx';
import { reportFailures } from '../kernel/failure.tsx';
import { queryKeys } from '../kernel/queries.ts';
import { navigate } from '../kernel/route.ts';

export type CreateFiles = (
  /** What is said when that many of them failed. */
  failureTitle: string | ((amount: number) => string),
  ...creations: readonly (() => Promise<FileContent>)[]
) => Promise<void>;

/** What was wrong with the last files stands until others are made. */
const toastKey = 'files';

/** Makes files, one after the other, and goes to the last. Those that fail are told of together. */
export function useCreateFiles(): CreateFiles {
  const client = useQueryClient();
  return async (failureTitle, ...creations) => {
    const failures: unknown[] = [];
    for (const create of creations) {
      try {
        const file = await create();
        void client.invalidateQueries({ queryKey: queryKeys.files });
        navigate({ file: file.path });
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 0) closeToast(toastKey);
    else
      reportFailures(
        typeof failureTitle === 'string' ? failureTitle : failureTitle(failures.length),
        failures,
        toastKey,
      );
  };
}
