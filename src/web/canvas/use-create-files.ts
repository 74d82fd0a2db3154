import { useQueryClient } from '@tanstack/react-query';
import type { FileContent } from '../../contract/responses.ts';
import { closeToast } from '../design/toasts.tsx';
import { reportFailures } from '../kernel/failure.tsx';
import { queryKeys } from '../kernel/queries.ts';
import { navigate } from '../kernel/route.ts';

export type CreateFiles = (
  /** The title of the failure message, given the number of failures. */
  failureTitle: string | ((amount: number) => string),
  ...creations: readonly (() => Promise<FileContent>)[]
) => Promise<void>;

/** Failures stay visible until other files are created. */
const toastKey = 'files';

/** Creates files one after the other and opens the last. Failures are reported together. */
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
