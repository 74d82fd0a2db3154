import { useQueryClient } from '@tanstack/react-query';
import type { FileContent } from '../../server/contract/answers.ts';
import { reportFailure } from '../app/failure.tsx';
import { go } from '../app/place.ts';
import { queryKeys } from '../app/queries.ts';

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
