import { plural } from '../../lib/format.ts';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';

/** Undoes applied changes; without an id, those applied last. */
export const useUndo = (sessionId: string) =>
  useAction(
    'The changes could not be undone',
    (undoId: string | undefined) => api.undoApply(sessionId, undoId),
    {
      done: ({ folders }) =>
        `Undone: ${plural(
          folders.reduce((sum, { files }) => sum + files.length, 0),
          'file',
        )} restored`,
    },
  );
