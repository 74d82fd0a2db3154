import { plural } from '../../lib/format.ts';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';

/** Brings a folder back to what it was before changes were applied. */
export const useUndo = (sessionId: string) =>
  useAction(
    'The changes could not be undone',
    (undoId: string) => api.undoApply(sessionId, undoId),
    { done: ({ files }) => `Undone: ${plural(files.length, 'file')} as before` },
  );
