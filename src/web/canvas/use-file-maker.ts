import { useQueryClient } from '@tanstack/react-query';
import type { FileContent } from '../../contract/responses.ts';
import { closeToast } from '../design/toasts.tsx';
import { reportFailures } from '../kernel/failure.tsx';
import { queryKeys } from '../kernel/queries.ts';
import { navigate } from '../kernel/route.ts';

export type FileMaker = (
  /** What is said when that many of them failed. */
  what: string | ((amount: number) => string),
  ...makes: readonly (() => Promise<FileContent>)[]
) => Promise<void>;

/** What was wrong with the last files stands until others are made. */
const messageKey = 'files';

/** Makes files, one after the other, and goes to the last. Those that fail are told of together. */
export function useFileMaker(): FileMaker {
  const client = useQueryClient();
  return async (what, ...makes) => {
    const failures: unknown[] = [];
    for (const make of makes) {
      try {
        const file = await make();
        void client.invalidateQueries({ queryKey: queryKeys.files });
        navigate({ file: file.path });
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 0) closeToast(messageKey);
    else
      reportFailures(typeof what === 'string' ? what : what(failures.length), failures, messageKey);
  };
}
