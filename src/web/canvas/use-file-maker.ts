import { useQueryClient } from '@tanstack/react-query';
import type { FileContent } from '../../contract/answers.ts';
import { reportFailure } from '../kernel/failure.tsx';
import { queryKeys } from '../kernel/queries.ts';
import { go } from '../kernel/route.ts';

export type FileMaker = (what: string, make: () => Promise<FileContent>) => Promise<void>;

/** Makes a file and goes there. */
export function useFileMaker(): FileMaker {
  const client = useQueryClient();
  return async (what, make) => {
    try {
      const file = await make();
      void client.invalidateQueries({ queryKey: queryKeys.files });
      go({ file: file.path });
    } catch (error) {
      reportFailure(what, error);
    }
  };
}
